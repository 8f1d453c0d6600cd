package org.heliograph.agent.source.mqtt;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.MachineClock;
import org.jspecify.annotations.Nullable;

/** No network and no broker: a test hands the messages in, and sees which are acknowledged. */
class NoLink implements Link {
    private static final Duration SETTLED_WITHIN = Duration.ofMinutes(2);

    private final BlockingQueue<Integer> acknowledged = new LinkedBlockingQueue<>();
    private final boolean hasKept;

    NoLink() {
        this(false);
    }

    /** @param hasKept whether the broker has kept the session */
    NoLink(boolean hasKept) {
        this.hasKept = hasKept;
    }

    /** The identifier of the next message that is acknowledged. */
    int acknowledged() throws InterruptedException {
        return Objects.requireNonNull(acknowledged.poll(2, TimeUnit.MINUTES), "nothing was acknowledged");
    }

    boolean isNoneAcknowledged() {
        return acknowledged.isEmpty();
    }

    /** An open session with it; who closes it waits for what is on its way to the disk. */
    Session session(AgentConfig.Mqtt config, Intake intake) throws LinkException {
        return session(config, new Reception(config, "casa1"), new Unacknowledged(), intake);
    }

    Session session(AgentConfig.Mqtt config, Reception reception, Unacknowledged unacknowledged, Intake intake)
            throws LinkException {
        Session session = new Session(
                this,
                reception,
                unacknowledged,
                intake,
                MachineClock.of(InstantSource.system()),
                null,
                new Denials(config),
                SETTLED_WITHIN);
        session.open(false);
        return session;
    }

    @Override
    public Accepted connect(@Nullable Notice will, Listener listener) {
        return new Accepted(hasKept, Optional.empty());
    }

    @Override
    public Granted subscribe(List<String> filters) {
        return new Granted(List.of(), List.of()); // to whatever comes
    }

    @Override
    public List<String> unsubscribe(List<String> filters) {
        return List.of(); // nothing comes by itself
    }

    @Override
    public boolean publish(Notice notice, long withinMillis) {
        return true; // to nobody
    }

    @Override
    public void acknowledge(Message message) {
        acknowledged.add(message.id());
    }

    @Override
    public void close() {
        // nothing is held
    }
}
