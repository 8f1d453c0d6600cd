package org.heliograph.agent.intake;

import java.time.InstantSource;
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
    private final InstantSource clock;
    private final LongAdder received = new LongAdder();
    private final LongAdder kept = new LongAdder();
    private final LongAdder turnedAway = new LongAdder();
    private final Map<String, LongAdder> refused = new ConcurrentHashMap<>();
    private volatile long lastMillis;

    public CountedIntake(Intake intake, InstantSource clock) {
        this.intake = intake;
        this.clock = clock;
    }

    /**
     * Since the start.
     *
     * @param refused by reason, without what differs from one to the next
     * @param lastMillis when something came last; 0 when nothing has
     */
    public record Counts(long received, long kept, long turnedAway, Map<String, Long> refused, long lastMillis) {}

    public Counts counts() {
        Map<String, Long> byReason = new TreeMap<>();
        refused.forEach((reason, count) -> byReason.put(reason, count.sum()));
        return new Counts(
                received.sum(), kept.sum(), turnedAway.sum(), Collections.unmodifiableMap(byReason), lastMillis);
    }

    @Override
    public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
        return count(intake.offer(readings, stamp, arrival));
    }

    @Override
    public CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
        return count(intake.refuse(reason, arrival));
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
    public void lost(DeviceId device, String reason, long packs, long readings) {
        intake.lost(device, reason, packs, readings);
    }

    private CompletableFuture<Admission> count(CompletableFuture<Admission> answer) {
        received.increment();
        lastMillis = clock.millis();
        return answer.thenApply(admission -> {
            switch (admission) {
                case Admission.Kept _ -> kept.increment();
                case Admission.Full _ -> turnedAway.increment();
                case Admission.Refused answered -> {
                    if (!answered.overLimit()) {
                        adder(classOf(answered.reason())).increment();
                    }
                }
            }
            return admission;
        });
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
