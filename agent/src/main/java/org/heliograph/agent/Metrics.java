package org.heliograph.agent;

import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.health.Canary;
import org.heliograph.agent.health.Silence;
import org.heliograph.agent.intake.CountedIntake;
import org.heliograph.agent.intake.JournalingIntake;
import org.heliograph.agent.intake.RateLimit;
import org.heliograph.agent.journal.Backlog;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.source.Source;
import org.heliograph.agent.source.board.BoardSource;
import org.heliograph.agent.source.mqtt.MqttSource;
import org.heliograph.agent.uplink.Pump;
import org.heliograph.telemetry.Exposition;
import org.heliograph.telemetry.Release;
import org.jspecify.annotations.Nullable;

/** What the agent counts, for Prometheus. */
record Metrics(
        AgentConfig config,
        AgentHealth condition,
        Sources sources,
        Silence silence,
        RateLimit limit,
        JournalingIntake intake,
        Journal journal,
        Pump pump,
        @Nullable Canary canary) {
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final String PREFIX = "heliograph_agent_";

    String at(long nowMillis) {
        Exposition to = new Exposition();
        to.gauge(
                PREFIX + "build_info",
                "The program.",
                1,
                "version",
                Release.of(Main.class),
                "agent",
                config.agent(),
                "site",
                config.site());
        to.gauge(
                PREFIX + "config_refused",
                "1 while the agent goes on as it was, since its changed configuration is wrong.",
                condition.isConfigRefused() ? 1 : 0);
        to.gauge(
                PREFIX + "restart_needed",
                "1 while the configuration was changed in what only a restart takes up.",
                condition.needsRestart() ? 1 : 0);
        sources(sources.running(), to);
        devices(to);
        journal(to);
        uplink(nowMillis, to);
        canary(to);
        to.process();
        return to.toString();
    }

    private static void sources(List<Sources.Running> sources, Exposition to) {
        for (Sources.Running source : sources) {
            counts(source.name(), source.intake().counts(), to);
            if (source.source().needs() != Source.Needs.NOTHING) {
                to.gauge(
                        PREFIX + "source_connected",
                        "Whether a source is connected to its broker, or has its sockets.",
                        source.source().unconnected().isEmpty() ? 1 : 0,
                        "source",
                        source.name());
            }
            if (source.source() instanceof MqttSource broker) {
                to.gauge(
                        PREFIX + "source_denials",
                        "What a broker doesn't grant, or less of it than was asked for.",
                        broker.refusals().size(),
                        "source",
                        source.name());
                to.counter(
                        PREFIX + "sessions_lost_total",
                        "Times that a broker no longer had the session, with what it had kept for the agent.",
                        broker.lostSessions(),
                        "source",
                        source.name());
            }
            source.source()
                    .failedHandshakes()
                    .ifPresent(count -> to.counter(
                            PREFIX + "failed_handshakes_total",
                            "DTLS handshakes that failed: a wrong key or certificate, or nobody there.",
                            count,
                            "source",
                            source.name()));
            if (source.source() instanceof BoardSource board) {
                board.absences()
                        .forEach((device, count) -> to.counter(
                                PREFIX + "absent_total",
                                "Measurements of a sensor that weren't to be had or not to be believed.",
                                count,
                                "device",
                                device));
            }
        }
    }

    private static void counts(String source, CountedIntake.Counts counts, Exposition to) {
        to.counter(PREFIX + "received_total", "Payloads handed in.", counts.received(), "source", source);
        to.counter(PREFIX + "kept_total", "Payloads on disk.", counts.kept(), "source", source);
        to.counter(
                PREFIX + "turned_away_total",
                "Payloads that found no room, and come again.",
                counts.turnedAway(),
                "source",
                source);
        counts.refused()
                .forEach((reason, count) -> to.counter(
                        PREFIX + "refused_total",
                        "Payloads that can't be accepted.",
                        count,
                        "source",
                        source,
                        "reason",
                        reason));
        to.gauge(
                PREFIX + "source_last_seen_seconds",
                "When a source was heard last, since 1970; 0 for never.",
                counts.lastMillis() / MILLIS_PER_SECOND,
                "source",
                source);
    }

    private void devices(Exposition to) {
        List<Silence.State> devices = silence.states();
        to.gauge(PREFIX + "devices", "Devices heard or expected.", devices.size());
        to.gauge(
                PREFIX + "devices_silent",
                "Devices that have missed reports.",
                devices.stream().filter(Silence.State::silent).count());
        for (Silence.State device : devices) {
            to.gauge(
                    PREFIX + "device_last_seen_seconds",
                    "When a device was heard last, since 1970; 0 for never.",
                    device.lastMillis() / MILLIS_PER_SECOND,
                    "device",
                    device.device());
            to.gauge(
                    PREFIX + "device_silent",
                    "Whether a device has missed reports.",
                    device.silent() ? 1 : 0,
                    "device",
                    device.device());
        }
        limit.refused()
                .forEach((device, count) -> to.counter(
                        PREFIX + "limited_total",
                        "Payloads beyond a device's rate, which were not taken.",
                        count,
                        "device",
                        device));
        SortedMap<String, Long> unbelieved = new TreeMap<>();
        intake.unbelieved().forEach((device, count) -> unbelieved.put(device.device(), count));
        unbelieved.forEach((device, count) -> to.counter(
                PREFIX + "unbelieved_total",
                "Packs of a device whose own times can't be, which got the time of their arrival.",
                count,
                "device",
                device));
    }

    private void journal(Exposition to) {
        Backlog backlog = journal.backlog();
        to.gauge(PREFIX + "journal_entries", "Entries that wait for Kafka.", backlog.entries());
        to.gauge(PREFIX + "journal_bytes", "Bytes of them.", backlog.bytes());
        to.gauge(
                PREFIX + "journal_capacity_bytes",
                "The quota of readings.",
                config.journal().maxBytes());
        to.gauge(PREFIX + "journal_writing", "0 while the disk takes nothing.", journal.isWriting() ? 1 : 0);
        to.counter(
                PREFIX + "dropped_dead_letters_total",
                "Dead letters that gave way to newer ones.",
                journal.droppedDeadLetters());
        to.counter(
                PREFIX + "journal_damaged_total",
                "Times that the journal's file was damaged, and what could be proven of it was saved.",
                journal.damages());
        to.counter(
                PREFIX + "journal_errors_total",
                "Errors of the disk, in reading and writing the journal, but for its being full.",
                journal.errors());
    }

    private void uplink(long nowMillis, Exposition to) {
        to.counter(PREFIX + "delivered_total", "Entries that Kafka has confirmed.", pump.uplinked());
        to.gauge(PREFIX + "uplink_reachable", "Whether Kafka was, at the last attempt.", pump.isReachable() ? 1 : 0);
        to.gauge(
                PREFIX + "dead_letters_wait",
                "Whether dead letters wait because Kafka takes none of them, while it takes readings.",
                pump.lettersWaitFor().isPresent() ? 1 : 0);
        OptionalLong oldest = pump.oldestMillis();
        to.gauge(
                PREFIX + "uplink_lag_seconds",
                "Age of the oldest reading that waits for Kafka; 0 when none does.",
                oldest.isPresent() ? Math.max(0, nowMillis - oldest.getAsLong()) / MILLIS_PER_SECOND : 0.0);
    }

    private void canary(Exposition to) {
        if (canary == null) {
            return;
        }
        Canary.Flight flight = canary.latest();
        to.gauge(
                PREFIX + "canary_delivered_seconds",
                "Time of the canary's latest reading that Kafka has, since 1970; 0 for none.",
                flight.atMillis() / MILLIS_PER_SECOND);
        to.gauge(
                PREFIX + "canary_travel_seconds",
                "How long that one took, from a source's entry until Kafka had confirmed it.",
                flight.travelMillis() / MILLIS_PER_SECOND);
    }
}
