package org.heliograph.streams;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.heliograph.streams.alert.AlertPart;
import org.heliograph.streams.alert.ReceiverState;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.health.HealthServer;
import org.heliograph.streams.health.Vitals;
import org.heliograph.streams.influx.InfluxSink;
import org.heliograph.streams.influx.Progress;
import org.heliograph.streams.page.AddressUnavailableException;
import org.heliograph.streams.page.LivePage;
import org.heliograph.streams.page.PageBoard;
import org.heliograph.streams.page.PageFeed;
import org.heliograph.streams.topology.EngineRun;
import org.heliograph.streams.topology.OwnClock;
import org.heliograph.streams.topology.topics.TopicPlan;
import org.heliograph.telemetry.Exposition;
import org.heliograph.telemetry.wire.v1.Canary;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts that run, closed in the reverse order of their start. */
final class Parts implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Parts.class);
    private static final String STARTING = "starting";

    /** Of all metrics' names. */
    private static final String PREFIX = "heliograph_";

    private final StreamsSettings settings;
    private final PageBoard board = new PageBoard();
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    private volatile boolean complete;
    private volatile @Nullable EngineRun engine;
    private volatile @Nullable InfluxSink sink;
    private volatile @Nullable LivePage page;
    private volatile @Nullable PageFeed feed;
    private volatile @Nullable AlertPart alerts;

    Parts(StreamsSettings settings) {
        this.settings = settings;
    }

    /** Returns when a part has stopped by itself, with its name. */
    String awaitFailure() throws InterruptedException, ExecutionException {
        List<CompletableFuture<String>> ends = new ArrayList<>();
        EngineRun running = engine;
        if (running != null) {
            ends.add(running.stopped().thenApply(_ -> "engine"));
        }
        InfluxSink writing = sink;
        if (writing != null) {
            ends.add(writing.broken().thenApply(_ -> "sink"));
        }
        PageFeed reading = feed;
        if (reading != null) {
            ends.add(reading.broken().thenApply(_ -> "page"));
        }
        AlertPart judging = alerts;
        if (judging != null) {
            ends.add(judging.broken().thenApply(_ -> "alerts"));
        }
        return (String)
                CompletableFuture.anyOf(ends.toArray(CompletableFuture[]::new)).get(); // of none: never
    }

    void start(PrintWriter out)
            throws InterruptedException, ExecutionException, AddressUnavailableException, IOException {
        StringBuilder ready = new StringBuilder("ready");
        // first: a port in use should be known before anything else is done, and who waits for Kafka should say so
        if (settings.health().isPresent()) {
            HealthServer health = keep(HealthServer.start(settings.health().get(), this::vitals, this::isReady));
            ready.append(" health=").append(health.address());
        }
        if (settings.page().enabled()) {
            LivePage live = keep(LivePage.start(settings.page(), board, this::vitals));
            page = live;
            ready.append(" page=").append(live.address());
        }
        // who has no engine may have other files, or none: what is published is an engine's to say
        boolean hasEngine = settings.engine().enabled();
        boolean hasFiles = !settings.sites().isEmpty()
                || !Set.copyOf(Factors.SHIPPED.all())
                        .containsAll(settings.factors().all());
        if (!hasEngine && hasFiles) {
            log.info(
                    "sites=not-published factors=not-published why=\"engine.enabled is false, and only an engine publishes\"");
        }
        TopicPlan.apply(
                settings.kafka(),
                hasEngine ? settings.sites() : List.of(),
                hasEngine ? settings.factors() : Factors.of(List.of()),
                settings.engine().devicePartitions(),
                settings.engine().sitePartitions());
        Map<String, Object> kafka = settings.kafka().clientProperties();
        if (settings.page().enabled()) {
            feed = keep(PageFeed.start(kafka, settings.kafka().topics(), board));
        }
        if (settings.sink().enabled()) {
            sink = keep(InfluxSink.start(kafka, settings.kafka().topics(), settings.sink()));
            ready.append(" sink=").append(settings.sink().url());
        }
        if (hasEngine || settings.alerts().enabled()) {
            // by a clock that is behind readings are refused, and what stands is told with an end that is past
            OwnClock.await(settings.kafka());
        }
        if (settings.alerts().enabled()) {
            AlertPart part = keep(AlertPart.start(kafka, settings.kafka().topics(), settings.alerts()));
            alerts = part;
            board.judgedBy(part::isWatched);
        }
        if (hasEngine) {
            EngineRun run = keep(EngineRun.start(settings.kafka(), settings.engine()));
            engine = run;
            run.running().get();
            ready.append(" engine=").append(settings.engine().application());
        }
        complete = true;
        out.println(ready);
        out.flush();
    }

    /** Whether everything has started, and an engine has its state and processes: another instance may go now. */
    private boolean isReady() {
        EngineRun running = engine;
        return complete && (running == null || isRunning(running));
    }

    /** A part that starts has its figure, too: one that is absent is compared with nothing. */
    Vitals vitals() {
        Map<String, String> parts = new HashMap<>();
        Exposition metrics = new Exposition();
        if (settings.engine().enabled()) {
            parts.put("engine", tellEngine(metrics));
        }
        if (settings.sink().enabled()) {
            parts.put("sink", tellSink(metrics));
        }
        if (settings.page().enabled()) {
            parts.put("page", tellPage(metrics));
        }
        if (settings.alerts().enabled()) {
            parts.put("alerts", tellAlerts(metrics));
        }
        return new Vitals(parts, metrics.process().toString());
    }

    private String tellEngine(Exposition to) {
        EngineRun current = engine;
        boolean isRunning = current != null && isRunning(current);
        to.gauge(PREFIX + "engine_running", "Whether the engine processes.", isRunning ? 1 : 0);
        if (current == null) {
            return STARTING;
        }
        current.lag()
                .ifPresent(lag -> to.gauge(
                        PREFIX + "engine_lag_records", "Records to take, of the partition furthest behind.", lag));
        current.refused()
                .forEach((cause, total) -> to.counter(
                        PREFIX + "engine_refused_total",
                        "Records of telemetry that went to the dead letters.",
                        total,
                        "reason",
                        cause.label()));
        return current.isWell() ? Vitals.OK : current.state();
    }

    private String tellSink(Exposition to) {
        InfluxSink current = sink;
        if (current == null) {
            tellSinkUp(to, false);
            return STARTING;
        }
        Progress progress = current.progress();
        boolean isUp = progress.problem().isEmpty();
        tellSinkUp(to, isUp);
        to.counter(PREFIX + "sink_records_total", "Records dealt with.", progress.records());
        to.counter(PREFIX + "sink_points_total", "Points written to the store.", progress.points());
        to.counter(PREFIX + "sink_rejected_total", "Records that the store refused.", progress.rejected());
        current.lag()
                .ifPresent(lag -> to.gauge(
                        PREFIX + "sink_lag_records", "Records to write, of the partition furthest behind.", lag));
        return isUp ? Vitals.OK : progress.problem();
    }

    private static void tellSinkUp(Exposition to, boolean isUp) {
        to.gauge(PREFIX + "sink_up", "Whether the store takes points.", isUp ? 1 : 0);
    }

    private String tellPage(Exposition to) {
        LivePage served = page;
        if (served != null) {
            to.gauge(PREFIX + "page_clients", "Browsers that follow the live page.", served.clients());
        }
        to.gauge(PREFIX + "page_sites_left_out", "Sites that the page has no room for.", board.leftOut());
        board.liveAgeMillis(System.currentTimeMillis())
                .ifPresent(millis -> to.gauge(
                        PREFIX + "page_live_age_seconds",
                        "Since the engine's latest live state, of the site whose is oldest.",
                        millis / 1e3));
        tellCanaries(to);
        PageFeed current = feed;
        boolean isUp = current != null && !current.isTroubled();
        to.gauge(PREFIX + "page_feed_up", "Whether the page can read.", isUp ? 1 : 0);
        if (current == null) {
            return STARTING;
        }
        return isUp ? Vitals.OK : "the figures on Kafka can't be read";
    }

    /** Of the slowest, and of the one that has been silent for the longest. */
    private void tellCanaries(Exposition to) {
        List<Canary> canaries = board.canaries();
        canaries.stream()
                .filter(Canary::hasTravelMs)
                .mapToLong(Canary::getTravelMs)
                .max()
                .ifPresent(millis -> to.gauge(
                        PREFIX + "canary_travel_seconds",
                        "From an agent to the engine, of the slowest.",
                        millis / 1e3));
        canaries.stream()
                .mapToLong(Canary::getSungMs)
                .min()
                .ifPresent(millis -> to.gauge(
                        PREFIX + "canary_age_seconds",
                        "Since the latest that has arrived, of the agent silent for the longest.",
                        Math.max(0, System.currentTimeMillis() - millis) / 1e3));
    }

    private String tellAlerts(Exposition to) {
        AlertPart current = alerts;
        boolean isLeading = current != null && current.isLeading();
        to.gauge(PREFIX + "alerts_leading", "Whether this instance judges and tells.", isLeading ? 1 : 0);
        if (current == null) {
            return STARTING;
        }
        for (ReceiverState receiver : current.receivers()) {
            String[] labels = {"receiver", receiver.name()};
            int up = receiver.problem().isEmpty() ? 1 : 0;
            to.gauge(PREFIX + "alerts_receiver_up", "Whether the receiver takes alerts.", up, labels);
            to.counter(
                    PREFIX + "alerts_refused_total",
                    "Alerts that the receiver will never take.",
                    receiver.refused(),
                    labels);
        }
        return current.problem().isEmpty() ? Vitals.OK : current.problem();
    }

    private static boolean isRunning(EngineRun engine) {
        return engine.state().equals("RUNNING");
    }

    private <T extends AutoCloseable> T keep(T part) {
        started.push(part);
        return part;
    }

    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        for (AutoCloseable part : started) {
            try {
                part.close();
            } catch (Exception e) {
                log.error("stop=failed part={}", part.getClass().getSimpleName(), e);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
