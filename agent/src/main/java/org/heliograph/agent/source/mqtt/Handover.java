package org.heliograph.agent.source.mqtt;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.sparkplug.Outcome;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.wire.Loss;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands in what the messages of a connection bring, and again for as long as there is no room for it; acknowledges a message
 * once all of it is on disk or refused.
 */
final class Handover {
    private static final Logger log = LoggerFactory.getLogger(Handover.class);

    private static final long RETRY_FULL_MILLIS = 500;

    private final Link link;
    private final Intake intake;
    private final Unacknowledged unacknowledged;
    private final RetainedLetters retainedLetters;

    /** An acknowledgement would go nowhere from here on. */
    private volatile boolean ended;

    /**
     * Acknowledges, away from the journal's thread. What it has to do is bounded by the receive maximum: a broker sends
     * no more before it is answered.
     */
    private final ScheduledThreadPoolExecutor answers = new ScheduledThreadPoolExecutor(
            1, Thread.ofVirtual().name("mqtt answers").factory());

    Handover(Link link, Intake intake, Unacknowledged unacknowledged, RetainedLetters retainedLetters) {
        this.link = link;
        this.intake = intake;
        this.unacknowledged = unacknowledged;
        this.retainedLetters = retainedLetters;
        answers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        answers.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    }

    /** Does something on the thread that acknowledges; nothing, if the connection is being closed. */
    void later(Runnable what) {
        try {
            answers.execute(what);
        } catch (RejectedExecutionException _) {
            // the broker brings the message again on the next connection
        }
    }

    /** The same, again and again. */
    void every(Duration pause, Runnable what) {
        var _ = answers.scheduleWithFixedDelay(what, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The connection is gone. */
    void end() {
        ended = true;
    }

    /** @param within how long it waits for what is on its way to the disk */
    void close(Duration within) {
        settle(within);
        end();
        answers.shutdown();
    }

    /** What is on its way to the disk is acknowledged still: a source that is made anew knows nothing of it. */
    private void settle(Duration within) {
        if (ended) {
            return;
        }
        try {
            unacknowledged.onDisk().get(within.toMillis(), TimeUnit.MILLISECONDS);
            answers.submit(() -> {}).get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.debug("mqtt=unsettled reason={}", e.toString());
        }
    }

    /**
     * The broker has brought a message again that was handed in.
     *
     * @param anew takes it, if not all of it was kept
     */
    void again(Link.Message message, Unacknowledged.HandedIn before, Runnable anew) {
        var _ = before.kept()
                .thenAccept(kept -> later(() -> {
                    if (kept) {
                        acknowledge(message, before);
                    } else {
                        anew.run();
                    }
                }));
    }

    /** One thing that a message brings; handed in again for as long as there is no room for it. */
    private record Offer(Supplier<CompletableFuture<Admission>> handIn, Runnable lost) {}

    void handIn(Link.Message message, Arrival arrival, Outcome outcome) {
        List<Offer> offers = new ArrayList<>();
        switch (outcome.decoded()) {
            case Decoded.Refused refused ->
                refusal(message, refused.reason(), arrival).ifPresent(offers::add);
            case Decoded.Accepted accepted -> {
                Arrival known = retainedLetters.isTold(message) ? arrival.alreadyTold() : arrival;
                for (Readings readings : accepted.readings()) {
                    offers.add(new Offer(
                            noting(message, () -> intake.offer(readings, accepted.stamp(), known)),
                            () -> intake.lost(readings.device(), Loss.TURNED_AWAY, 1, readings.size())));
                }
                accepted.refused()
                        .flatMap(reason -> refusal(message, reason, arrival))
                        .ifPresent(offers::add);
            }
        }
        for (Outcome.Seen seen : outcome.seen()) {
            offers.add(new Offer(() -> intake.announce(seen.device(), seen.presence()), () -> {}));
        }
        if (offers.isEmpty()) {
            later(() -> link.acknowledge(message));
            return;
        }
        Delivery delivery = new Delivery(message, new AtomicInteger(offers.size()), unacknowledged.handedIn(message));
        offers.forEach(offer -> handIn(delivery, offer));
    }

    /** Nothing, where it is told already. */
    private Optional<Offer> refusal(Link.Message message, String reason, Arrival arrival) {
        return retainedLetters.isTold(message)
                ? Optional.empty()
                : Optional.of(new Offer(noting(message, () -> intake.refuse(reason, arrival)), () -> {}));
    }

    /** Notes that a message is a dead letter now; what could be read the intake may refuse, too. */
    private Supplier<CompletableFuture<Admission>> noting(
            Link.Message message, Supplier<CompletableFuture<Admission>> handIn) {
        return () -> handIn.get().thenApply(admission -> {
            if (admission instanceof Admission.Refused refused && !refused.overLimit()) {
                retainedLetters.told(message);
            }
            return admission;
        });
    }

    /** @param open how much of the message isn't on disk yet */
    private record Delivery(Link.Message message, AtomicInteger open, Unacknowledged.HandedIn handed) {}

    private void handIn(Delivery delivery, Offer offer) {
        var _ = offer.handIn.get().whenComplete((admission, failure) -> {
            // no failure without an agent that is ending: the broker keeps the message
            if (failure == null) {
                answer(admission, delivery, offer);
            }
        });
    }

    /** On the journal's thread. */
    private void answer(Admission admission, Delivery delivery, Offer offer) {
        switch (admission) {
            case Admission.Kept _, Admission.Later _, Admission.Refused _ -> {
                if (delivery.open.decrementAndGet() == 0) {
                    later(() -> acknowledge(delivery.message, delivery.handed));
                    delivery.handed.settle(); // after it: who closes waits for this, and then for what is to be done
                }
            }
            case Admission.Full _ -> {
                unacknowledged.turnedAway(delivery.handed);
                later(() -> turnedAway(delivery, offer));
            }
        }
    }

    private void acknowledge(Link.Message message, Unacknowledged.HandedIn handed) {
        if (!ended) {
            link.acknowledge(message);
        }
        if (!ended) {
            unacknowledged.forget(handed);
        }
    }

    /**
     * At QoS 1 the broker waits, at most the receive maximum of messages. At QoS 0 the device has chosen that it may be lost.
     */
    private void turnedAway(Delivery delivery, Offer offer) {
        if (delivery.message.qos() < Link.QOS) {
            offer.lost.run();
            return;
        }
        var _ = answers.schedule(() -> handIn(delivery, offer), RETRY_FULL_MILLIS, TimeUnit.MILLISECONDS);
    }
}
