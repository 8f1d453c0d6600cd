package org.heliograph.agent;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.AgentFile;
import org.heliograph.agent.uplink.KafkaProperties;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes up a configuration that was changed while the agent runs: on SIGHUP, and when the file is another. */
final class Reload implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reload.class);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

    private final Path file;
    private final Runnable take;
    private final Thread thread;
    private String seen = "";
    private volatile boolean asked;
    private volatile boolean closing;
    private final AtomicInteger refused = new AtomicInteger();

    Reload(Path file, Agent agent) {
        this.file = file;
        this.take = () -> take(agent);
        this.seen = stamp();
        this.thread = Thread.ofVirtual().name("reload").unstarted(this::run);
    }

    /** @param take what is done with a file that is another; it isn't disturbed by being asked once more */
    Reload(Path file, Runnable take) {
        this.file = file;
        this.take = take;
        this.seen = stamp();
        this.thread = Thread.ofVirtual().name("reload").unstarted(this::run);
    }

    void start() {
        onHangup(this::ask);
        thread.start();
    }

    /** To be taken up now, or once more after what is being taken up. */
    void ask() {
        asked = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closing) {
            // woken without being interrupted: sources that are ending are waited for, whoever asks meanwhile
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
            String now = stamp();
            if (!closing && (asked || !now.equals(seen))) {
                asked = false;
                seen = now;
                take.run();
            }
        }
    }

    /** How many files were wrong since the start. */
    int refused() {
        return refused.get();
    }

    /** A file that is wrong changes nothing. */
    private void take(Agent agent) {
        try {
            AgentConfig changed = AgentFile.read(file, KafkaProperties::faults);
            List<String> later = agent.reload(changed);
            log.info("reload=done sources={}", agent.sources().size());
            if (!later.isEmpty()) {
                log.warn("reload=partly needsRestart={}", later);
            }
        } catch (ConfigurationException e) {
            refused.incrementAndGet();
            log.error("reload=refused; the agent goes on as it was:\n{}", e.getMessage());
        } catch (RuntimeException e) {
            log.error("reload=failed", e);
        }
    }

    /** What tells one state of the file from another, also where a link to it is changed, as Kubernetes does. */
    private String stamp() {
        try {
            Path real = file.toRealPath();
            return real + " " + Files.size(real) + " " + Files.getLastModifiedTime(real);
        } catch (IOException _) {
            return seen; // between two states
        }
    }

    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
    }

    /** The JDK has signals, but not where javac may see them. Without them the file is still looked at. */
    private static void onHangup(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object handling = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        return switch (method.getName()) {
                            case "handle" -> {
                                action.run();
                                yield null;
                            }
                            case "equals" -> proxy == arguments[0];
                            case "hashCode" -> System.identityHashCode(proxy);
                            default -> "reload";
                        };
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), handling);
        } catch (ReflectiveOperationException | RuntimeException e) {
            log.debug("reload=without-signal reason={}", e.toString());
        }
    }
}
