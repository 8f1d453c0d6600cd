package org.heliograph.agent.source.mqtt;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** No network and no broker: a test hands the messages in, and sees which are acknowledged. */
class NoLink implements Link {
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

    @Override
    public boolean connect(@Nullable Notice will, Listener listener) {
        return hasKept;
    }

    @Override
    public List<String> subscribe(List<String> filters) {
        return List.of(); // to whatever comes
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
