package org.heliograph.lab.pipeline;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.lab.server.HiveMq;
import org.heliograph.lab.server.InfluxDb;
import org.heliograph.lab.server.InfluxQl;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.lab.server.Mosquitto;
import org.heliograph.lab.server.QuestDb;
import org.heliograph.lab.server.Row;
import org.heliograph.lab.server.ServerException;
import org.heliograph.sim.Casablanca;
import org.heliograph.sim.Settings;
import org.heliograph.sim.SimulatedSite;
import org.heliograph.sim.fault.FaultLedger;
import org.heliograph.telemetry.yaml.ConfigurationException;

/** The running pipeline. What is started first is stopped last. */
public final class Pipeline implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration FAREWELL = Duration.ofSeconds(1);
    private static final int LAST_WORDS = 5;
    private static final String DATABASE = "heliograph";

    /** No replay of ours is slower. */
    private static final Duration FAULT_CADENCE = Duration.ofMinutes(1);

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    /** The parts' processes: a part that is started again has another. */
    private final Map<String, LongSupplier> pids = new LinkedHashMap<>();

    private final Plan plan;
    private final KafkaServer kafka;
    private final SimulatedSite site;
    private final HeliographProcess agent;
    private final HeliographProcess streams;
    private final FigureStore store;

    /**
     * Starts everything and returns when the programs say that they are ready.
     *
     * @param step told what is being started
     */
    public static Pipeline start(Plan plan, Consumer<String> step) throws IOException, ConfigurationException {
        return start(plan, Programs.BUILT, step);
    }

    /**
     * Starts everything, with programs that come from elsewhere.
     *
     * @param step told what is being started
     */
    public static Pipeline start(Plan plan, Programs programs, Consumer<String> step)
            throws IOException, ConfigurationException {
        return new Pipeline(plan, programs, step);
    }

    private Pipeline(Plan plan, Programs programs, Consumer<String> step) throws IOException, ConfigurationException {
        this.plan = plan;
        try {
            Files.createDirectories(plan.folder());
            step.accept("Kafka");
            kafka = keep(KafkaServer.start(plan.folder().resolve("kafka")));
            pids.put("kafka", kafka::pid);
            step.accept("store");
            store = store(plan);
            step.accept("MQTT broker");
            String mqtt = broker(plan);
            step.accept("simulated site");
            site = keep(SimulatedSite.open(Settings.of(plan.racks(), plan.start(), mqtt)
                    .withSiteYaml(plan.siteYaml())
                    .withSeed(plan.seed())
                    .withItLoad(plan.itLoad())
                    .withReplaySpeed(plan.speed())
                    .withFaults(plan.faults(), plan.faultsUntil())));
            Path siteFile = Files.writeString(plan.folder().resolve("site.yaml"), site.siteYaml());
            step.accept("streams");
            Path streamsFile = Files.writeString(
                    plan.folder().resolve("streams.yaml"),
                    Configs.streams(kafka.bootstrap(), siteFile, plan, store.url()));
            streams = keep(programs.streams(plan.folder().resolve("streams"), streamsFile));
            pids.put("streams", streams::pid);
            step.accept("agent");
            Path agentFile = Files.writeString(
                    plan.folder().resolve("agent.yaml"),
                    Configs.agent(kafka.bootstrap(), site.model().site(), mqtt, site.coapDevices()));
            agent = keep(programs.agent(plan.folder().resolve("agent"), agentFile));
            pids.put("agent", agent::pid);
        } catch (IOException | ConfigurationException | RuntimeException e) {
            closeStarted();
            throw e;
        }
    }

    private FigureStore store(Plan plan) throws IOException {
        return switch (plan.store()) {
            case Plan.StoreChoice.QuestDb _ -> {
                QuestDb questDb = keep(QuestDb.start(plan.folder().resolve("questdb")));
                pids.put("store", questDb::pid);
                yield FigureStore.of(questDb);
            }
            case Plan.StoreChoice.InfluxDb1 _ -> {
                InfluxDb influx = keep(InfluxDb.start(plan.folder().resolve("influxdb")));
                pids.put("store", influx::pid);
                yield FigureStore.of(influx.influxql(), influx.url(), DATABASE);
            }
            case Plan.StoreChoice.Existing existing -> {
                String token = existing.token().isEmpty()
                        ? ""
                        : Files.readString(existing.token().get()).strip();
                InfluxQl influx = keep(new InfluxQl(existing.url(), token));
                yield FigureStore.of(influx, existing.url(), DATABASE);
            }
        };
    }

    private String broker(Plan plan) {
        return switch (plan.broker()) {
            case HIVEMQ -> {
                HiveMq broker = keep(HiveMq.start(plan.folder().resolve("hivemq")));
                pids.put("mqtt", broker::pid);
                yield broker.uri();
            }
            case MOSQUITTO -> {
                Mosquitto broker = keep(Mosquitto.start(plan.folder().resolve("mosquitto")));
                pids.put("mqtt", broker::pid);
                yield broker.uri();
            }
        };
    }

    public SimulatedSite site() {
        return site;
    }

    public HeliographProcess agent() {
        return agent;
    }

    public HeliographProcess streams() {
        return streams;
    }

    public KafkaServer kafka() {
        return kafka;
    }

    public FigureStore store() {
        return store;
    }

    public URI page() {
        return URI.create(streams.ready("page").orElseThrow());
    }

    /** Process ids by part, of the parts that have a process of their own. */
    public Map<String, Long> pids() {
        Map<String, Long> now = new LinkedHashMap<>();
        pids.forEach((part, pid) -> now.put(part, pid.getAsLong()));
        return now;
    }

    /** The faults of the simulated devices so far. */
    public FaultLedger faults() {
        return site.faults(FAULT_CADENCE);
    }

    public LedgerCheck check() {
        return new LedgerCheck(store, site.ledger(), faults(), site.model().site(), Casablanca.FACTORS);
    }

    /**
     * Asks whether all parts are still running. When we are being stopped, they may hear of it before we do: so one that
     * ended is told of a little later.
     *
     * @throws ServerException if one has ended by itself, with the last that it said
     */
    public void requireAlive() throws InterruptedException {
        for (Map.Entry<String, Long> part : pids().entrySet()) {
            if (!ProcessHandle.of(part.getValue()).map(ProcessHandle::isAlive).orElse(false)) {
                Thread.sleep(FAREWELL);
                throw new ServerException("the part '" + part.getKey() + "' (process " + part.getValue()
                        + ") has ended by itself" + lastWords(part.getKey()));
            }
        }
    }

    private String lastWords(String part) {
        Path log = plan.folder().resolve(part).resolve("server.log");
        try {
            List<String> lines = Files.readAllLines(log);
            return "; its log ends with\n"
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_WORDS), lines.size()));
        } catch (IOException _) {
            return "";
        }
    }

    /**
     * How many of the minutes in {@code [from, to)} the store has whole: every meter of PUE covered all of it, where no
     * device has faults every meter there is, and no estimate stands in for one that is still to come.
     */
    public long wholeMinutes(Instant from, Instant to) {
        String coverage = plan.faults().isEmpty() ? "complete_coverage" : "coverage";
        List<Row> rows = store.windows(site.model().site(), "1m", from, to);
        return rows.stream()
                .filter(row -> row.number(coverage).orElse(0) == 1)
                .filter(row -> row.number("estimated").orElse(0) == 0)
                .count();
    }

    /**
     * Waits until the store has every minute in {@code [from, to)} whole.
     *
     * @param progress told how many it has
     * @return false when nothing new came for as long as {@code patience}
     * @throws ServerException if a part of the pipeline has ended meanwhile
     */
    public boolean awaitWholeMinutes(Instant from, Instant to, Duration patience, Consumer<Long> progress)
            throws InterruptedException {
        long wanted = Duration.between(from, to).toMinutes();
        long had = -1;
        long changedNanos = System.nanoTime();
        while (System.nanoTime() - changedNanos < patience.toNanos()) {
            requireAlive();
            long has = wholeMinutes(from, to);
            progress.accept(has);
            if (has >= wanted) {
                return true;
            }
            if (has != had) {
                had = has;
                changedNanos = System.nanoTime();
            }
            Thread.sleep(POLL);
        }
        return false;
    }

    private <T extends AutoCloseable> T keep(T part) {
        started.push(part);
        return part;
    }

    @Override
    public void close() {
        closeStarted();
    }

    private void closeStarted() {
        // an interrupt asks us to stop, which is what we do; the parts should still end properly
        boolean interrupted = Thread.interrupted();
        for (AutoCloseable part : started) {
            try {
                part.close();
            } catch (Exception e) {
                System.err.println("stopping " + part.getClass().getSimpleName() + ": " + e);
            }
        }
        started.clear();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
