package org.heliograph.agent.source.mqtt;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.sparkplug.Outcome;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection to a broker, from its messages to their acknowledgements. */
final class Session implements Link.Listener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Session.class);

    private static final Duration COMMANDS = Duration.ofSeconds(1);
    private static final Duration SETTLE_WITHIN = Duration.ofMillis(300);

    private final Link link;
    private final Reception reception;
    private final Unacknowledged unacknowledged;
    private final Handover handover;
    private final Intake intake;
    private final MachineClock clock;
    private final @Nullable HostState state;
    private final Denials denials;
    private final Duration settleWithin;
    private final BlockingQueue<String> losses = new LinkedBlockingQueue<>();
    /** Contradicted at the next occasion: whoever denies it a thousand times in a second isn't answered a thousand times. */
    private final AtomicBoolean isDenied = new AtomicBoolean();

    private volatile @Nullable Instant laterState;
    private volatile boolean closing;

    Session(
            Link link,
            Reception reception,
            Unacknowledged unacknowledged,
            Intake intake,
            MachineClock clock,
            @Nullable HostState state,
            Denials denials) {
        this(link, reception, unacknowledged, intake, clock, state, denials, SETTLE_WITHIN);
    }

    /**
     * @param denials is told what the broker doesn't grant
     * @param settleWithin how long closing waits for what is on its way to the disk
     */
    Session(
            Link link,
            Reception reception,
            Unacknowledged unacknowledged,
            Intake intake,
            MachineClock clock,
            @Nullable HostState state,
            Denials denials,
            Duration settleWithin) {
        this.link = link;
        this.reception = reception;
        this.unacknowledged = unacknowledged;
        this.intake = intake;
        this.clock = clock;
        this.settleWithin = settleWithin;
        this.state = state;
        this.denials = denials;
        this.handover = new Handover(link, intake, unacknowledged, reception.retainedLetters());
    }

    /**
     * Connects and subscribes, or throws. Messages of an earlier session may come before this returns.
     *
     * @param maySkip whether subscriptions that the broker has kept are the present ones
     * @return whether the broker had kept the session
     */
    boolean open(boolean maySkip) throws Link.LinkException {
        Link.Accepted accepted = link.connect(state == null ? null : state.offline(), this);
        denials.accepted(accepted);
        if (!accepted.hasKept()) {
            unacknowledged.clear();
        }
        if (!accepted.hasKept() || !maySkip) {
            subscribe();
        }
        announce();
        handover.every(COMMANDS, this::publishDue);
        return accepted.hasKept();
    }

    private void subscribe() throws Link.LinkException {
        List<String> filters = reception.filters();
        Link.Granted granted = link.subscribe(filters);
        denials.subscribed(granted);
        if (granted.refused().size() == filters.size()) {
            throw new Link.LinkException("the broker refuses each subscription: " + String.join(", ", filters));
        }
    }

    private void announce() throws Link.LinkException {
        if (state == null) {
            denials.announced(true);
            return;
        }
        try {
            denials.announced(link.publish(state.online(), Link.ANSWER_MILLIS));
        } catch (Link.LinkException e) {
            throw new Link.LinkException("the broker doesn't confirm the state of the host: " + e.getMessage(), e);
        }
    }

    /** Asks once more for what was denied: whoever keeps the broker's rules may have changed them, which it tells nobody. */
    void askAgain() throws Link.LinkException {
        List<String> refused = denials.refused();
        if (!refused.isEmpty()) {
            denials.subscribedAgain(link.subscribe(refused));
        }
        if (denials.isUnannounced()) {
            announce();
        }
    }

    /** Ends subscriptions, and says which filters the broker keeps all the same. */
    List<String> unsubscribe(List<String> filters) throws Link.LinkException {
        return filters.isEmpty() ? List.of() : link.unsubscribe(filters);
    }

    /** Waits until the connection is lost, and says why. */
    String awaitLoss() throws InterruptedException {
        return losses.take();
    }

    /** The same, for so long at most; empty when the connection holds. */
    Optional<String> awaitLoss(Duration atMost) throws InterruptedException {
        return Optional.ofNullable(losses.poll(atMost.toMillis(), TimeUnit.MILLISECONDS));
    }

    @Override
    public void close() {
        closing = true;
        List<Reception.Taken> left;
        synchronized (reception) {
            left = reception.abandon();
        }
        left.forEach(this::handIn);
        handover.close(settleWithin);
        if (state != null) {
            // a connection that is closed in order has no will
            publish(state.offline(), Link.FAREWELL_MILLIS);
        }
        link.close();
        synchronized (reception) {
            reception.disconnected();
        }
    }

    @Override
    public void lost(String reason) {
        handover.end();
        losses.add(reason);
    }

    /** Nothing may be thrown here: it would end the connection. */
    @Override
    public void arrived(Link.Message message) {
        if (closing) {
            return; // the broker brings it again on the next connection
        }
        Arrival arrival = new Arrival(message.topic(), null, message.payload(), clock.moment(), !message.retained());
        Optional<Unacknowledged.HandedIn> before = unacknowledged.of(message);
        before.ifPresentOrElse(
                handed -> handover.again(message, handed, () -> take(message, arrival)), () -> take(message, arrival));
    }

    private void take(Link.Message message, Arrival arrival) {
        List<Reception.Taken> taken;
        synchronized (reception) {
            taken = reception.take(message, arrival);
        }
        taken.forEach(this::handIn);
        if (state != null && message.topic().equals(state.topic()) && state.isDenied(message.payload())) {
            denied(state, message.payload());
        }
    }

    private void handIn(Reception.Taken taken) {
        Outcome outcome = taken.received().outcome();
        outcome.commands().forEach(command -> handover.later(() -> publish(command)));
        try {
            handover.handIn(taken.message(), taken.arrival(), outcome);
        } catch (RuntimeException e) {
            log.error("mqtt=fault topic={}", taken.message().topic(), e);
            Decoded failed = new Decoded.Refused("the agent failed on it: " + e);
            handover.handIn(taken.message(), taken.arrival(), Outcome.of(failed));
        }
    }

    /** The will of an earlier connection, which came late; or that of one whose clock was ahead of the present one. */
    private void denied(HostState denied, byte[] payload) {
        denied.laterOf(payload)
                .ifPresentOrElse(
                        later -> {
                            laterState = later;
                            losses.add("a later state of this host is known than the one of this connection");
                        },
                        () -> isDenied.set(true));
    }

    /** The time of a state that edge nodes prefer to this connection's: only another connection can have a later one. */
    Optional<Instant> laterState() {
        return Optional.ofNullable(laterState);
    }

    private void publishDue() {
        HostState own = state;
        if (own != null && isDenied.getAndSet(false)) {
            publish(own.online(), 0); // acknowledgements wait behind this
        }
        Instant now = clock.instant();
        List<Outcome.Seen> gone;
        List<Outcome.Command> due;
        List<Reception.Taken> late;
        synchronized (reception) {
            late = reception.late(clock.moment().upMillis());
            gone = reception.unanswered(now);
            due = reception.due(now);
        }
        late.forEach(this::handIn);
        // what finds no room is told later all the same
        gone.forEach(seen -> {
            var _ = intake.announce(seen.device(), seen.presence());
        });
        due.forEach(this::publish);
    }

    private void publish(Outcome.Command command) {
        publish(new Link.Notice(command.topic(), command.payload(), 0, false), 0);
    }

    private void publish(Link.Notice notice, long withinMillis) {
        try {
            link.publish(notice, withinMillis);
        } catch (Link.LinkException | RuntimeException e) {
            log.debug("mqtt=unpublished topic={} reason={}", notice.topic(), e.toString());
        }
    }
}
