package org.heliograph.agent.intake;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Presence;

/** Counts what one source hands in, by what became of it. */
public final class CountedIntake implements Intake {
    /** Reasons that are told apart; those beyond are counted together. */
    static final int REASONS_MAX = 24;

    static final String OTHER = "other";

    private static final int REASON_CHARACTERS_MAX = 80;
    private static final Pattern QUOTED = Pattern.compile("(?<![A-Za-z])'[^']*'?");
    private static final Pattern NUMBER = Pattern.compile("[-+]?\\d[\\dA-Z.:+-]*");

    private final Intake intake;
    private final LongAdder received = new LongAdder();
    private final LongAdder kept = new LongAdder();
    private final LongAdder turnedAway = new LongAdder();
    private final Map<String, LongAdder> refused = new ConcurrentHashMap<>();
    private volatile Last last = new Last(Long.MIN_VALUE, 0);

    public CountedIntake(Intake intake) {
        this.intake = intake;
    }

    /** What came last; its time is that of the clock then. */
    private record Last(long upMillis, long wallMillis) {}

    /**
     * Since the start.
     *
     * @param received what came and was answered, or lost; what waits for room counts once, when it has it
     * @param turnedAway how often something had no room; what waits is handed in again and again
     * @param refused by reason, without what differs from one to the next
     * @param lastMillis when the latest of it came; 0 when nothing has
     */
    public record Counts(long received, long kept, long turnedAway, Map<String, Long> refused, long lastMillis) {}

    public Counts counts() {
        Map<String, Long> byReason = new TreeMap<>();
        refused.forEach((reason, count) -> byReason.put(reason, count.sum()));
        return new Counts(
                received.sum(), kept.sum(), turnedAway.sum(), Collections.unmodifiableMap(byReason), last.wallMillis);
    }

    @Override
    public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
        return count(arrival, intake.offer(readings, stamp, arrival));
    }

    @Override
    public CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
        return count(arrival, intake.refuse(reason, arrival));
    }

    @Override
    public void heard(DeviceId device) {
        intake.heard(device);
    }

    @Override
    public CompletableFuture<Admission> announce(DeviceId device, Presence presence) {
        return intake.announce(device, presence);
    }

    @Override
    public void unattended(DeviceId device) {
        intake.unattended(device);
    }

    @Override
    public void lost(DeviceId device, String reason, long packs, long readings) {
        received.add(packs);
        intake.lost(device, reason, packs, readings);
    }

    private CompletableFuture<Admission> count(Arrival arrival, CompletableFuture<Admission> answer) {
        came(arrival);
        return answer.thenApply(admission -> {
            switch (admission) {
                case Admission.Kept _, Admission.Later _ -> {
                    received.increment();
                    kept.increment();
                }
                case Admission.Full _ -> turnedAway.increment();
                case Admission.Refused answered when arrival.told() && !answered.overLimit() -> {
                    // nothing new: it was counted then
                }
                case Admission.Refused answered -> {
                    received.increment();
                    if (!answered.overLimit()) {
                        adder(classOf(answered.reason())).increment();
                    }
                }
            }
            return admission;
        });
    }

    /** When it came, however often it is handed in. */
    private synchronized void came(Arrival arrival) {
        if (arrival.came().upMillis() >= last.upMillis) {
            last = new Last(arrival.came().upMillis(), arrival.at().toEpochMilli());
        }
    }

    private LongAdder adder(String reason) {
        LongAdder known = refused.get(reason);
        if (known != null) {
            return known;
        }
        return refused.computeIfAbsent(refused.size() < REASONS_MAX ? reason : OTHER, _ -> new LongAdder());
    }

    /** A sentence without its names and numbers: what is wrong, not with what. */
    static String classOf(String reason) {
        String head = reason.substring(0, Math.min(reason.length(), 4 * REASON_CHARACTERS_MAX));
        String plain = NUMBER.matcher(QUOTED.matcher(head).replaceAll("'…'")).replaceAll("#");
        return plain.substring(0, Math.min(plain.length(), REASON_CHARACTERS_MAX));
    }
}
