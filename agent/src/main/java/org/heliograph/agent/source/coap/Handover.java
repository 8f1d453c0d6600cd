package org.heliograph.agent.source.coap;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Intake;
import org.heliograph.telemetry.Backoff;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.wire.Loss;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands in what one device sent, in order. What finds no room is handed in again: with what the device sends next, and after
 * pauses that grow. The device isn't asked for it: its next representation may show another instant, and a site whose
 * devices are all asked each second, for as long as Kafka is away, has no quiet network.
 */
final class Handover {
    private static final Logger log = LoggerFactory.getLogger(Handover.class);

    /** What waits for room at most; of more, the oldest is lost, and counted as such. */
    static final int WAITING_MAX = 4;

    private static final Duration RETRY_LAST = Duration.ofMinutes(1);

    private final DeviceId device;
    private final Intake intake;
    private final ScheduledExecutorService retries;
    private final Runnable roomAgain;
    private final Backoff pauses;
    private final Deque<Parcel> waiting = new ArrayDeque<>();
    private boolean full;
    private boolean retrying;
    private boolean closed;

    /**
     * What one message brought.
     *
     * @param shown its readings; empty when there are none to lose
     * @param handIn may be called again
     * @param answered for what the device is told once it is on disk, or refused
     */
    record Parcel(Optional<Readings> shown, Supplier<CompletableFuture<Admission>> handIn, Runnable answered) {}

    /** @param roomAgain called when something was taken after something was not */
    Handover(
            DeviceId device, Intake intake, ScheduledExecutorService retries, Duration retryFirst, Runnable roomAgain) {
        this.device = device;
        this.intake = intake;
        this.retries = retries;
        this.roomAgain = roomAgain;
        this.pauses = new Backoff(retryFirst, RETRY_LAST);
    }

    /** Hands in what waits, and then this. */
    void take(Parcel parcel) {
        List<Parcel> due = takeWaiting();
        due.add(parcel);
        due.forEach(this::handIn);
    }

    /** Nothing is handed in again from here on: what waits is lost, and counted as such. */
    synchronized void close() {
        closed = true;
        while (!waiting.isEmpty()) {
            lose(waiting.removeFirst());
        }
    }

    private void again() {
        synchronized (this) {
            retrying = false;
        }
        takeWaiting().forEach(this::handIn);
    }

    private synchronized List<Parcel> takeWaiting() {
        List<Parcel> due = new ArrayList<>(waiting);
        waiting.clear();
        return due;
    }

    private void handIn(Parcel parcel) {
        var _ = parcel.handIn().get().whenComplete((admission, failure) -> {
            // no failure without an agent that is ending: the device isn't answered, and sends again
            if (failure == null) {
                switch (admission) {
                    case Admission.Full _ -> keep(parcel);
                    case Admission.Kept _, Admission.Later _, Admission.Refused _ -> {
                        parcel.answered().run();
                        if (isRoomAgain()) {
                            roomAgain.run();
                        }
                    }
                }
            }
        });
    }

    private synchronized boolean isRoomAgain() {
        boolean again = full;
        full = false;
        pauses.reset();
        return again;
    }

    private synchronized void keep(Parcel parcel) {
        full = true;
        waiting.addLast(parcel);
        if (closed || waiting.size() > WAITING_MAX) {
            lose(waiting.removeFirst());
        }
        if (closed) {
            return;
        }
        if (!retrying) {
            retrying = true;
            try {
                var _ = retries.schedule(this::again, pauses.next().toMillis(), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException _) {
                log.debug("coap=closing device={}", device);
            }
        }
    }

    /** Devices that show their latest instants at every message lose only what no later one shows. */
    private void lose(Parcel parcel) {
        Optional<Readings> lost = parcel.shown();
        for (Parcel later : waiting) {
            Repetition repetition = new Repetition();
            later.shown().ifPresent(repetition::keep);
            lost = lost.flatMap(repetition::fresh);
        }
        lost.ifPresent(readings -> intake.lost(device, Loss.TURNED_AWAY, 1, readings.size()));
    }
}
