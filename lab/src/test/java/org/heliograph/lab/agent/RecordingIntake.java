package org.heliograph.lab.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Presence;

/** Keeps what a source hands in, at once or when it is told to: a journal as slow as one likes. */
final class RecordingIntake implements Intake {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration POLL = Duration.ofMillis(10);

    private final List<Readings> readings = new ArrayList<>();
    private final List<String> refusals = new ArrayList<>();
    private final List<String> presences = new ArrayList<>();
    private final List<CompletableFuture<Admission>> withheld = new ArrayList<>();
    private boolean withholding;

    /** From now on answers wait for {@link #release}. */
    synchronized void withhold() {
        withholding = true;
    }

    /** Answers what has waited, and from now on at once. */
    void release() {
        List<CompletableFuture<Admission>> waiting;
        synchronized (this) {
            withholding = false;
            waiting = List.copyOf(withheld);
            withheld.clear();
        }
        waiting.forEach(answer -> answer.complete(new Admission.Kept(1)));
    }

    @Override
    public synchronized CompletableFuture<Admission> offer(Readings offered, Stamp stamp, Arrival arrival) {
        readings.add(offered);
        return answer(new Admission.Kept(1));
    }

    @Override
    public synchronized CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
        refusals.add(arrival.source() + ": " + reason);
        return answer(new Admission.Refused(reason));
    }

    @Override
    public void heard(DeviceId device) {
        // nothing to record
    }

    @Override
    public synchronized CompletableFuture<Admission> announce(DeviceId device, Presence presence) {
        presences.add(device.device() + (presence.online() ? " online" : " offline"));
        return answer(new Admission.Kept(1));
    }

    @Override
    public void unattended(DeviceId device) {
        // any source may end
    }

    @Override
    public void lost(DeviceId device, String reason, long packs, long lostReadings) {
        throw new AssertionError("nothing is lost here");
    }

    private CompletableFuture<Admission> answer(Admission admission) {
        if (!withholding) {
            return CompletableFuture.completedFuture(admission);
        }
        CompletableFuture<Admission> later = new CompletableFuture<>();
        withheld.add(later);
        return later;
    }

    synchronized List<Readings> readings() {
        return List.copyOf(readings);
    }

    synchronized List<String> refusals() {
        return List.copyOf(refusals);
    }

    synchronized List<String> presences() {
        return List.copyOf(presences);
    }

    void awaitReadings(String what, Predicate<List<Readings>> enough) {
        await(what, () -> enough.test(readings()));
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            LockSupport.parkNanos(POLL.toNanos());
        }
    }
}
