package org.heliograph.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.function.Supplier;
import org.heliograph.agent.config.Operation;
import org.heliograph.agent.health.Health;
import org.heliograph.agent.health.HealthServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the agent tells how it is. An address that is taken, or not this machine's yet, doesn't end an agent: it is there for
 * the readings, and tries again.
 */
final class HealthDoor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HealthDoor.class);

    static final Duration TRY_EVERY = Duration.ofSeconds(10);

    private final Operation.Health at;
    private final Supplier<Health> health;
    private final Supplier<String> metrics;
    private final Duration pause;
    private final Thread thread = Thread.ofVirtual().name("health door").unstarted(this::keepTrying);
    private @Nullable HealthServer server;
    private boolean told;
    private boolean closed;

    /** @param pause between two tries */
    HealthDoor(Operation.Health at, Supplier<Health> health, Supplier<String> metrics, Duration pause) {
        this.at = at;
        this.health = health;
        this.metrics = metrics;
        this.pause = pause;
    }

    void open() {
        if (!isDone()) {
            thread.start();
        }
    }

    private void keepTrying() {
        try {
            do {
                Thread.sleep(pause);
            } while (!isDone());
        } catch (InterruptedException _) {
            log.debug("health=given-up");
        }
    }

    /** Tries to open it, unless it is closed for good; whether there is nothing more to try. */
    synchronized boolean isDone() {
        if (closed) {
            return true;
        }
        InetSocketAddress address = new InetSocketAddress(at.host(), at.port());
        try {
            requireFree(address);
            server = HealthServer.start(address, health, metrics);
            log.info(
                    "health=open url=http://{}:{}/health",
                    at.host().contains(":") ? "[" + at.host() + "]" : at.host(),
                    at.port());
            return true;
        } catch (IOException e) {
            if (!told) {
                log.error(
                        "health=absent address={}:{} reason={} again=\"every {}\"",
                        at.host(),
                        at.port(),
                        e.getMessage(),
                        pause);
            }
            told = true;
            return false;
        }
    }

    /** The JDK's server leaves a socket behind at each address that it can't have. */
    private static void requireFree(InetSocketAddress address) throws IOException {
        if (address.isUnresolved()) {
            throw new UnknownHostException(address.getHostString());
        }
        new ServerSocket(address.getPort(), 1, address.getAddress()).close();
    }

    synchronized boolean isOpen() {
        return server != null;
    }

    @Override
    public synchronized void close() {
        closed = true;
        thread.interrupt();
        if (server != null) {
            server.close();
        }
    }
}
