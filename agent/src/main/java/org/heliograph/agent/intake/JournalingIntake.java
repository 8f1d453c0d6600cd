package org.heliograph.agent.intake;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;
import org.heliograph.agent.intake.time.AgentClock;
import org.heliograph.agent.intake.time.Stamping;
import org.heliograph.agent.journal.Append;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Journal;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.ClockQuality;
import org.heliograph.telemetry.wire.DeadLetter;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.Presence;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts what it accepts into the journal, as it will travel on Kafka. It numbers each device's packs, from 0 at each
 * start, in the order of the journal: a number is used only for a pack that the journal took.
 */
public final class JournalingIntake implements Intake {
    private static final Logger log = LoggerFactory.getLogger(JournalingIntake.class);

    /** The default of {@code deviceTimeFrom}: nothing was measured for an agent before there was one. */
    public static final Instant DEVICE_TIME_FROM = AgentClock.EARLIEST;

    /** A dead letter keeps at most so much of its payload: enough to see what it is, and to repair what devices send. */
    static final int DEAD_LETTER_BYTES_MAX = 16 << 10;

    /** More names than any site has; a publisher that makes up names doesn't fill the memory. */
    static final int DEVICES_MAX = 100_000;

    /** A device's presence is told so often at once, and then every so often. */
    static final int PRESENCES_MAX = 6;

    private static final Duration PRESENCE_EVERY = Duration.ofSeconds(10);

    private static final String TOO_MANY = "more than " + DEVICES_MAX + " devices since the start";

    private final Journal journal;
    private final String agent;
    private final AgentClock clock;
    private final Stamping stamping;
    private final Map<DeviceId, LongAdder> unbelieved = new ConcurrentHashMap<>();
    private final Map<DeviceId, Numbering> devices = new HashMap<>();
    /** Devices of which a loss, or their presence, wasn't told yet, and since when, by the machine's own time. */
    private final Map<DeviceId, Long> untold = new LinkedHashMap<>();

    private final LongAdder received = new LongAdder();
    private final LongAdder kept = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder turnedAway = new LongAdder();
    /** Packs of the agent's own making: presence, losses. */
    private final LongAdder told = new LongAdder();

    /** With a clock that nobody doubts. */
    public JournalingIntake(Journal journal, String agent, InstantSource clock) {
        this(journal, agent, AgentClock.trusted(clock, journal));
    }

    public JournalingIntake(Journal journal, String agent, AgentClock clock) {
        this(journal, agent, clock, DEVICE_TIME_FROM);
    }

    /** @param deviceTimeFrom a device that says an earlier time has a clock that isn't set */
    public JournalingIntake(Journal journal, String agent, AgentClock clock, Instant deviceTimeFrom) {
        this.journal = journal;
        this.agent = agent;
        this.clock = clock;
        this.stamping = new Stamping(deviceTimeFrom);
    }

    public IntakeCounts counts() {
        return new IntakeCounts(received.sum(), kept.sum(), refused.sum(), turnedAway.sum());
    }

    @Override
    public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
        try {
            Moment came = arrival.came();
            return switch (stamping.of(
                    readings,
                    stamp,
                    new Stamping.Came(came.wall().toEpochMilli(), came.upMillis(), arrival.live()),
                    clock.look())) {
                case Stamping.Stamped.Refused(String reason) -> refuse(reason, arrival);
                case Stamping.Stamped.Kept kept -> keep(kept, arrival);
            };
        } catch (IllegalArgumentException e) {
            return refuse("a time that can't be: " + e.getMessage(), arrival);
        }
    }

    private CompletableFuture<Admission> keep(Stamping.Stamped.Kept kept, Arrival arrival) {
        DeviceId device = kept.readings().device();
        CompletableFuture<Admission> answer = number(
                        kept.kind(),
                        device,
                        Optional.of(kept.readings()),
                        kept.quality(),
                        kept.headers(),
                        Optional.empty())
                .orElseGet(() -> refuse(TOO_MANY, arrival));
        return kept.unbelieved().isEmpty()
                ? answer
                : answer.thenApply(admission -> {
                    if (admission instanceof Admission.Kept) {
                        unbelieved(device, kept.unbelieved().get());
                    }
                    return admission;
                });
    }

    private void unbelieved(DeviceId device, String reason) {
        unbelieved
                .computeIfAbsent(device, _ -> {
                    log.warn("device=unbelieved device={} reason=\"{}\"", device.device(), reason);
                    return new LongAdder();
                })
                .increment();
    }

    /** Packs of each device whose own times couldn't be, and gave way to that of their arrival. */
    public Map<DeviceId, Long> unbelieved() {
        Map<DeviceId, Long> packs = new HashMap<>();
        unbelieved.forEach((device, count) -> packs.put(device, count.sum()));
        return packs;
    }

    @Override
    public void heard(DeviceId device) {
        // nothing to keep
    }

    @Override
    public CompletableFuture<Admission> announce(DeviceId device, Presence presence) {
        return waits(device, presence)
                ? CompletableFuture.completedFuture(new Admission.Later())
                : tell(device, presence);
    }

    /** Of a device that comes and goes without end its latest word now and then is enough: each is a pack on disk. */
    private boolean waits(DeviceId device, Presence presence) {
        synchronized (devices) {
            Numbering own = devices.get(device);
            long upMillis = clock.look().upMillis();
            if (own == null || own.mayTell(upMillis)) {
                return false;
            }
            own.keep(presence);
            untold.putIfAbsent(device, upMillis);
            return true;
        }
    }

    private CompletableFuture<Admission> tell(DeviceId device, Presence presence) {
        return number(
                        Entry.Kind.READINGS,
                        device,
                        Optional.empty(),
                        ClockQuality.UNKNOWN,
                        Map.of(),
                        Optional.of(presence))
                .orElseGet(() -> CompletableFuture.completedFuture(new Admission.Refused(TOO_MANY)));
    }

    @Override
    public void unattended(DeviceId device) {
        // what was said last stays said
    }

    @Override
    public void lost(DeviceId device, String reason, long packs, long readings) {
        synchronized (devices) {
            Numbering own = devices.get(device);
            if (own != null || devices.size() < DEVICES_MAX) {
                devices.computeIfAbsent(device, _ -> new Numbering())
                        .lost
                        .add(new Loss(reason, 0, List.of(), packs, readings, Optional.empty(), Optional.empty()));
                untold.putIfAbsent(device, clock.look().upMillis());
            }
        }
    }

    /**
     * Tells, in packs of their own, of losses that have waited so long for a pack of their device to travel with, and of
     * presence that found no room.
     */
    public void tellUntold(Duration after) {
        List<DeviceId> due;
        synchronized (devices) {
            long latest = clock.look().upMillis() - after.toMillis();
            due = untold.entrySet().stream()
                    .filter(one -> one.getValue() <= latest)
                    .map(Map.Entry::getKey)
                    .toList();
        }
        for (DeviceId device : due) {
            var _ = number(
                    Entry.Kind.READINGS, device, Optional.empty(), ClockQuality.UNKNOWN, Map.of(), Optional.empty());
        }
    }

    /** Numbers and appends in one step, so that the journal's order is the order of the numbers; empty if that is refused. */
    private Optional<CompletableFuture<Admission>> number(
            Entry.Kind kind,
            DeviceId device,
            Optional<Readings> readings,
            ClockQuality quality,
            Map<String, String> headers,
            Optional<Presence> presence) {
        Append append;
        synchronized (devices) {
            Numbering own = devices.get(device);
            if (own == null) {
                if (devices.size() >= DEVICES_MAX) {
                    return Optional.empty();
                }
                own = new Numbering();
                devices.put(device, own);
            }
            Optional<Presence> said = readings.isPresent() ? Optional.empty() : presence.or(own::untold);
            if (readings.isEmpty() && said.isEmpty() && own.lost.isEmpty()) {
                return Optional.empty(); // they have travelled meanwhile
            }
            Origin origin = new Origin(agent, journal.boot(), own.next);
            append = journal.append(
                    entry(kind, headers, new Dispatch(device, origin, readings, quality, own.lost.losses(), said)));
            switch (append) {
                case Append.Taken _ -> {
                    own.next++;
                    own.lost.clear();
                    if (said.isPresent()) {
                        own.told(said.get(), clock.look().upMillis());
                    }
                    if (own.untold().isEmpty()) {
                        untold.remove(device);
                    }
                }
                case Append.Full _ -> {
                    if (said.isPresent()) {
                        own.keep(said.get());
                        untold.putIfAbsent(device, clock.look().upMillis());
                    }
                }
            }
        }
        if (readings.isEmpty()) {
            return Optional.of(answer(append, told, Admission.Kept::new));
        }
        received.increment();
        return Optional.of(answer(append, kept, Admission.Kept::new));
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

    @Override
    public CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
        received.increment();
        byte[] payload = arrival.payload();
        Map<String, String> headers = DeadLetter.ofAgent(reason, arrival.source());
        if (payload.length > DEAD_LETTER_BYTES_MAX) {
            String why = reason + " (the first " + DEAD_LETTER_BYTES_MAX + " of " + payload.length + " bytes are kept)";
            headers = DeadLetter.ofAgent(why, arrival.source(), payload.length);
            payload = Arrays.copyOf(payload, DEAD_LETTER_BYTES_MAX);
        }
        String key = arrival.device() == null ? "" : arrival.device().key();
        Entry entry = new Entry(Entry.Kind.DEAD_LETTER, key, positiveMillis(arrival.at()), headers, payload);
        return answer(journal.append(entry), refused, _ -> new Admission.Refused(reason));
    }

    private Entry entry(Entry.Kind kind, Map<String, String> headers, Dispatch dispatch) {
        Instant at = dispatch.readings()
                .map(Readings::latest)
                .or(() -> dispatch.presence().map(Presence::since))
                .orElseGet(() -> Instant.ofEpochMilli(clock.look().wallMillis()));
        return new Entry(kind, dispatch.device().key(), positiveMillis(at), headers, PackCodec.encode(dispatch));
    }

    private CompletableFuture<Admission> answer(Append append, LongAdder outcome, LongFunction<Admission> admission) {
        return switch (append) {
            case Append.Taken taken ->
                taken.onDisk().thenApply(offset -> {
                    outcome.increment();
                    return admission.apply(offset);
                });
            case Append.Full full -> {
                turnedAway.increment();
                yield CompletableFuture.completedFuture(new Admission.Full(full.capacityBytes()));
            }
        };
    }

    /** Kafka takes no record from before 1970. */
    private static long positiveMillis(Instant at) {
        return Math.max(0, at.toEpochMilli());
    }
}
