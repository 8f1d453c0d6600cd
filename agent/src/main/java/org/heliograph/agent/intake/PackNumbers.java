package org.heliograph.agent.intake;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.heliograph.agent.intake.time.AgentClock;
import org.heliograph.agent.intake.time.Stamping;
import org.heliograph.agent.journal.Append;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Journal;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.wire.ClockQuality;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.Presence;
import org.jspecify.annotations.Nullable;

/**
 * Numbers each device's packs and appends them in one step, so that the journal's order is the order of the numbers: one is
 * used only for a pack that the journal took. What is to be told of a device, its losses and whether it is there, travels
 * with a pack of it.
 */
final class PackNumbers {
    /** More names than any site has; a publisher that makes up names doesn't fill the memory. */
    static final int DEVICES_MAX = 100_000;

    /** A device's presence is told so often at once, and then every so often. */
    static final int PRESENCES_MAX = 6;

    static final String TOO_MANY = "more than " + DEVICES_MAX + " devices since the start";

    private static final Duration PRESENCE_EVERY = Duration.ofSeconds(10);

    private final Journal journal;
    private final String agent;
    private final AgentClock clock;
    private final Map<DeviceId, Numbering> devices = new HashMap<>();
    /** Devices of which a loss, or their presence, wasn't told yet, and since when, by the machine's own time. */
    private final Map<DeviceId, Long> untold = new LinkedHashMap<>();

    PackNumbers(Journal journal, String agent, AgentClock clock) {
        this.journal = journal;
        this.agent = agent;
        this.clock = clock;
    }

    /** Empty if there are too many devices to know another. */
    synchronized Optional<Append> readings(Stamping.Stamped.Kept kept) {
        Readings readings = kept.readings();
        Numbering own = numbering(readings.device());
        if (own == null) {
            return Optional.empty();
        }
        Append append = journal.append(entry(
                kept.kind(),
                kept.headers(),
                readings.latest(),
                new Dispatch(
                        readings.device(),
                        origin(own),
                        Optional.of(readings),
                        kept.quality(),
                        own.lost.losses(),
                        Optional.empty())));
        if (append instanceof Append.Taken) {
            taken(readings.device(), own);
        }
        return Optional.of(append);
    }

    /** Empty if there are too many devices to know another. */
    synchronized Optional<Append> presence(DeviceId device, Presence presence) {
        Numbering own = numbering(device);
        return own == null ? Optional.empty() : Optional.of(tell(device, own, Optional.of(presence)));
    }

    /** What isn't told yet of a device, in a pack of its own; empty if it has travelled meanwhile. */
    synchronized Optional<Append> untold(DeviceId device) {
        Numbering own = numbering(device);
        return own == null || (own.lost.isEmpty() && own.untold().isEmpty())
                ? Optional.empty()
                : Optional.of(tell(device, own, own.untold()));
    }

    private Append tell(DeviceId device, Numbering own, Optional<Presence> said) {
        AgentClock.Look now = clock.look();
        Append append = journal.append(entry(
                Entry.Kind.READINGS,
                Map.of(),
                said.map(Presence::since).orElse(Instant.ofEpochMilli(now.wallMillis())),
                new Dispatch(device, origin(own), Optional.empty(), ClockQuality.UNKNOWN, own.lost.losses(), said)));
        switch (append) {
            case Append.Taken _ -> {
                said.ifPresent(saying -> own.told(saying, now.upMillis()));
                taken(device, own);
            }
            case Append.Full _, Append.OverShare _, Append.Behind _ ->
                said.ifPresent(saying -> {
                    own.keep(saying);
                    untold.putIfAbsent(device, now.upMillis());
                });
        }
        return append;
    }

    private @Nullable Numbering numbering(DeviceId device) {
        Numbering known = devices.get(device);
        if (known != null || devices.size() >= DEVICES_MAX) {
            return known;
        }
        Numbering anew = new Numbering();
        devices.put(device, anew);
        return anew;
    }

    private Origin origin(Numbering own) {
        return new Origin(agent, journal.boot(), own.next);
    }

    private void taken(DeviceId device, Numbering own) {
        own.next++;
        own.lost.clear();
        if (own.untold().isEmpty()) {
            untold.remove(device);
        }
    }

    private static Entry entry(Entry.Kind kind, Map<String, String> headers, Instant at, Dispatch dispatch) {
        // Kafka takes no record from before 1970
        long millis = Math.max(0, at.toEpochMilli());
        return new Entry(kind, dispatch.device().key(), millis, headers, PackCodec.encode(dispatch));
    }

    /**
     * Of a device that comes and goes without end its latest word now and then is enough: each is a pack on disk. Whether this
     * one waits for its turn.
     */
    synchronized boolean waits(DeviceId device, Presence presence) {
        Numbering own = devices.get(device);
        long upMillis = clock.look().upMillis();
        if (own == null || own.mayTell(upMillis)) {
            return false;
        }
        own.keep(presence);
        untold.putIfAbsent(device, upMillis);
        return true;
    }

    /** To be told with the device's next pack. */
    synchronized void lost(DeviceId device, String reason, long packs, long readings) {
        Numbering own = numbering(device);
        if (own != null) {
            own.lost.add(new Loss(reason, 0, List.of(), packs, readings, Optional.empty(), Optional.empty()));
            untold.putIfAbsent(device, clock.look().upMillis());
        }
    }

    /** Devices of which something has waited so long for a pack of theirs. */
    synchronized List<DeviceId> untoldFor(Duration length) {
        long latest = clock.look().upMillis() - length.toMillis();
        return untold.entrySet().stream()
                .filter(one -> one.getValue() <= latest)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** A device's next number, and what of it isn't told yet: what was lost, and whether it is there. */
    private static final class Numbering {
        private final Tally lost = new Tally();
        private @Nullable Presence presence;
        private double presences = PRESENCES_MAX;
        private long presencesMillis;
        private long next;

        Optional<Presence> untold() {
            return Optional.ofNullable(presence);
        }

        /** Keeps the later of two: whoever hands an earlier one in again may be behind. */
        void keep(Presence saying) {
            presence = presence == null || !saying.since().isBefore(presence.since()) ? saying : presence;
        }

        /** Whether it hasn't been told of as often as it may. */
        boolean mayTell(long upMillis) {
            double more = Math.max(0, upMillis - presencesMillis) / (double) PRESENCE_EVERY.toMillis();
            presences = Math.min(PRESENCES_MAX, presences + more);
            presencesMillis = upMillis;
            return presences >= 1;
        }

        void told(Presence saying, long upMillis) {
            presences = mayTell(upMillis) ? presences - 1 : 0;
            presence = presence == null || !presence.since().isAfter(saying.since()) ? null : presence;
        }
    }
}
