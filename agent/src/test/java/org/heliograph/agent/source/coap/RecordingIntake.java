package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Moment;
import org.heliograph.agent.intake.NoIntake;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Presence;

/** Keeps what it is handed, and may be full for a while. */
final class RecordingIntake extends NoIntake {
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    final AtomicInteger turnAway = new AtomicInteger();
    private final BlockingQueue<Readings> readings = new LinkedBlockingQueue<>();
    private final BlockingQueue<Presence> presences = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> reasons = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> losses = new LinkedBlockingQueue<>();
    private final Semaphore turnedAway = new Semaphore(0);

    private volatile CompletableFuture<Admission> answer = CompletableFuture.completedFuture(new Admission.Kept(1));

    private volatile Arrival lastArrival = new Arrival("", null, new byte[0], new Moment(Instant.EPOCH, 0));

    Arrival lastArrival() {
        return lastArrival;
    }

    /** From now on. */
    void answerWith(CompletableFuture<Admission> later) {
        answer = later;
    }

    boolean isEmpty() {
        return readings.isEmpty();
    }

    /** Whose readings wait to be looked at. */
    Set<String> devices() {
        return readings.stream().map(one -> one.device().device()).collect(Collectors.toSet());
    }

    int reasons() {
        return reasons.size();
    }

    @Override
    public CompletableFuture<Admission> offer(Readings offered, Stamp stamp, Arrival arrival) {
        if (turnAway.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            turnedAway.release();
            return CompletableFuture.completedFuture(new Admission.Full(1));
        }
        lastArrival = arrival;
        readings.add(offered);
        return answer;
    }

    @Override
    public CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
        reasons.add(reason);
        return CompletableFuture.completedFuture(new Admission.Refused(reason));
    }

    @Override
    public CompletableFuture<Admission> announce(DeviceId device, Presence presence) {
        presences.add(presence);
        return CompletableFuture.completedFuture(new Admission.Kept(1));
    }

    @Override
    public void lost(DeviceId device, String reason, long packs, long readings) {
        losses.add(device.device() + " " + reason + " " + packs + " " + readings);
    }

    void awaitTurnedAway() throws InterruptedException {
        assertThat(turnedAway.tryAcquire(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .as("something is turned away")
                .isTrue();
    }

    String awaitLoss() throws InterruptedException {
        String next = losses.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }

    /** The next readings whose only sample is this, skipping others. */
    void awaitPower(double watts) throws InterruptedException {
        while (true) {
            Readings next = readings.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            assertThat(next).as("waiting for " + watts + " W").isNotNull();
            if (next.series().getFirst().toString().contains("[" + watts + "]")) {
                return;
            }
        }
    }

    /** The next with so many samples, skipping others: a device that is slow to be heard is asked again. */
    void awaitSamples(int count) throws InterruptedException {
        while (awaitReadings().size() != count) {
            // what it showed before, once more
        }
    }

    Readings awaitReadings() throws InterruptedException {
        Readings next = readings.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }

    /** Whether nothing comes for so long. */
    boolean awaitNothing(Duration within) throws InterruptedException {
        return readings.poll(within.toMillis(), TimeUnit.MILLISECONDS) == null;
    }

    /** The same, with something done again and again until it comes. */
    void awaitPower(double watts, Runnable meanwhile) throws InterruptedException {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (true) {
            meanwhile.run();
            Readings next = readings.poll(10, TimeUnit.MILLISECONDS);
            if (next != null && next.series().getFirst().toString().contains("[" + watts + "]")) {
                return;
            }
            assertThat(System.nanoTime()).as("waiting for " + watts + " W").isLessThan(deadline);
        }
    }

    int presences() {
        return presences.size();
    }

    Presence awaitPresence() throws InterruptedException {
        Presence next = presences.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }

    /** The next reason that says this, skipping others: what a device shows may be asked for, and refused, again. */
    void awaitReason(String said) throws InterruptedException {
        while (!awaitReason().contains(said)) {
            // what it showed before, once more
        }
    }

    String awaitReason() throws InterruptedException {
        String next = reasons.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }
}
