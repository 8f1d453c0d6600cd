package org.heliograph.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.AgentConfig.Part;
import org.heliograph.agent.config.Board;
import org.heliograph.agent.config.CoapPush;
import org.heliograph.agent.intake.CountedIntake;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.intake.OwnedIntake;
import org.heliograph.agent.source.Source;
import org.heliograph.agent.source.board.BoardSource;
import org.heliograph.agent.source.board.Counts;
import org.heliograph.agent.source.board.Hardware;
import org.heliograph.agent.source.board.Signal;
import org.heliograph.agent.source.coap.CoapPushSource;
import org.heliograph.agent.source.coap.CoapSource;
import org.heliograph.agent.source.mqtt.MqttSource;
import org.heliograph.agent.source.mqtt.Names;
import org.heliograph.telemetry.reading.DeviceId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sources that run. One that is configured as it was goes on through a reload, untouched. */
final class Sources implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Sources.class);

    private static final Duration CLOSE_WITHIN = Stop.Step.patience(Stop.Step.SOURCES.budget());

    /** The part of the heap that messages may hold, of all brokers and of devices that push, on their way to the journal. */
    private static final int UNDER_WAY_PART = 8;

    /** After so long without its broker nobody knows any more whether a source's devices are there. */
    static final Duration AWAY_LONG = Duration.ofMinutes(2);

    private final Map<Object, Running> running = new LinkedHashMap<>();
    private final IdentityHashMap<Running, Absence> away = new IdentityHashMap<>();
    private boolean closed;

    /** For who asks while sources are being made anew: that takes as long as a broker or a bus takes to answer. */
    private volatile List<Running> seen = List.of();

    /**
     * A source to be.
     *
     * @param place where its other side keeps something for it, whatever else of it is configured otherwise: a session's name,
     *     since one broker may have two addresses
     * @param speaksFor whether it is for this source to speak for a device that the configuration gives to a part
     * @param config what it is made of; equal means that it needn't be made anew
     */
    record Plan(String name, Object place, BiPredicate<String, Part> speaksFor, Object config, Supplier<Source> make) {
        static Plan of(String name, Part part, Object config, Supplier<Source> make) {
            return new Plan(name, name, (_, of) -> of == part, config, make);
        }
    }

    /**
     * A source that runs.
     *
     * @param owned keeps it from speaking for others' devices
     * @param intake counts what it hands in
     */
    record Running(String name, Object place, Source source, OwnedIntake owned, CountedIntake intake) {}

    /** What a configuration asks for, apart from the agent's own canary. */
    static List<Plan> plans(
            AgentConfig config, MachineClock clock, Counts counts, Names names, Supplier<Signal> signal) {
        List<Plan> plans = new ArrayList<>();
        String site = config.site();
        long bytesUnderWayMax = Runtime.getRuntime().maxMemory()
                / UNDER_WAY_PART
                / Math.max(1, config.mqtt().size() + (config.coapServer() == null ? 0 : 1));
        config.mqtt()
                .forEach(broker -> plans.add(new Plan(
                        name(broker, config.mqtt()),
                        broker.clientId(),
                        (device, _) -> broker.speaksFor().contains(device),
                        broker,
                        () -> new MqttSource(broker, site, clock, bytesUnderWayMax, names))));
        if (!config.coap().isEmpty()) {
            plans.add(Plan.of("coap", Part.COAP, config.coap(), () -> new CoapSource(config.coap(), site, clock)));
        }
        CoapPush server = config.coapServer();
        if (server != null) {
            plans.add(Plan.of(
                    "coap server",
                    Part.COAP_SERVER,
                    server,
                    () -> new CoapPushSource(server, site, clock, bytesUnderWayMax)));
        }
        if (!config.board().equals(Board.NONE)) {
            plans.add(Plan.of(
                    "board",
                    Part.BOARD,
                    config.board(),
                    () -> new BoardSource(config.board(), site, counts, signal, clock, Hardware.PI)));
        }
        return plans;
    }

    /** By which the metrics tell it: sessions of one broker by their names. */
    private static String name(AgentConfig.Mqtt broker, List<AgentConfig.Mqtt> all) {
        boolean alone =
                all.stream().filter(other -> other.url().equals(broker.url())).count() == 1;
        return "mqtt " + broker.url() + (alone ? "" : " " + broker.clientId());
    }

    /** Ends what isn't in the plans, then starts what doesn't run. Each speaks for its devices only, from the first moment on. */
    synchronized void run(List<Plan> plans, Map<DeviceId, Part> owners, Intake intake) {
        if (closed) {
            // a reload that was still under way when the agent ended
            return;
        }
        Set<Object> wanted = plans.stream().map(Plan::config).collect(Collectors.toSet());
        Map<Object, Running> unwanted = new LinkedHashMap<>(running);
        unwanted.keySet().removeAll(wanted);
        Set<Object> taken = plans.stream()
                .filter(plan -> !running.containsKey(plan.config()))
                .map(Plan::place)
                .collect(Collectors.toSet());
        closeAll(unwanted.values(), one -> !taken.contains(one.place()), CLOSE_WITHIN);
        running.keySet().removeAll(unwanted.keySet());
        unwanted.values().forEach(ended -> ended.owned().end());
        for (Plan plan : plans) {
            Running known = running.get(plan.config());
            if (known != null) {
                known.owned().foreign(foreign(plan, owners));
            }
        }
        for (Plan plan : plans) {
            if (!running.containsKey(plan.config())) {
                OwnedIntake owned = new OwnedIntake(intake, foreign(plan, owners));
                Running started =
                        new Running(plan.name(), plan.place(), plan.make().get(), owned, new CountedIntake(owned));
                running.put(plan.config(), started);
                started.source().start(started.intake());
            }
        }
        seen = List.copyOf(running.values());
    }

    private static Map<DeviceId, String> foreign(Plan plan, Map<DeviceId, Part> owners) {
        Map<DeviceId, String> foreign = new HashMap<>();
        owners.forEach((device, part) -> {
            if (!plan.speaksFor().test(device.device(), part)) {
                foreign.put(device, part.label());
            }
        });
        return foreign;
    }

    List<Running> running() {
        return seen;
    }

    /** Of a source that is without its broker; ended once its devices are no longer supervised. */
    private record Absence(long sinceMillis, boolean isEnded) {}

    /** To be called now and then, by one thread: what a broker said of devices holds only while it can be heard. */
    void watch(long upMillis) {
        away.keySet().retainAll(seen);
        for (Running one : seen) {
            if (one.source().needs() != Source.Needs.BROKER
                    || one.source().unconnected().isEmpty()) {
                away.remove(one);
                continue;
            }
            Absence absence = away.computeIfAbsent(one, _ -> new Absence(upMillis, false));
            if (!absence.isEnded && upMillis - absence.sinceMillis > AWAY_LONG.toMillis()) {
                // once: births may come before all that makes it connected has been answered
                away.put(one, new Absence(absence.sinceMillis, true));
                one.owned().end();
            }
        }
    }

    @Override
    public void close() {
        close(CLOSE_WITHIN);
    }

    /** Ends all that run; returns the names of those that don't end in time. */
    synchronized List<String> close(Duration atMost) {
        closed = true;
        List<String> left = closeAll(running.values(), _ -> false, atMost);
        running.clear();
        return left;
    }

    /** All at once: each may have to wait for an answer that doesn't come. On threads that a bus may hang for ever. */
    private static List<String> closeAll(Collection<Running> sources, Predicate<Running> forGood, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        Map<Thread, String> closing = new LinkedHashMap<>();
        for (Running one : sources) {
            Source source = one.source();
            closing.put(
                    Thread.ofPlatform()
                            .daemon()
                            .name("closing " + one.name())
                            .start(forGood.test(one) ? source::retire : source::close),
                    one.name());
        }
        List<String> left = new ArrayList<>();
        try {
            for (Map.Entry<Thread, String> one : closing.entrySet()) {
                if (!one.getKey().join(Duration.ofNanos(deadline - System.nanoTime()))) {
                    log.warn("source=left name=\"{}\" after={}", one.getValue(), atMost);
                    left.add(one.getValue());
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return left;
    }
}
