package org.heliograph.agent;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.AgentFile;
import org.heliograph.agent.uplink.KafkaProperties;
import org.heliograph.telemetry.kafka.KafkaSection;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up a configuration that was changed while the agent runs: on SIGHUP, and when the file is another, or the site's model
 * that it names. What is asked for or changed before the agent has started is taken up when it has.
 */
final class Reload implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reload.class);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

    private final Path file;
    private final KafkaSection.Check producer;
    private final Map<Path, Seen> seen = new ConcurrentHashMap<>();

    private volatile @Nullable Thread thread;
    private volatile boolean asked;
    private volatile boolean closing;
    /** What was asked for names something that isn't there yet: it is tried again at each look. */
    private volatile boolean waits;

    /** Remembers what the producer says of a file that is read again and again, until it is another. */
    private KafkaSection.Check check;

    /** What a file was like when it was read, and at the latest look. */
    private record Seen(String read, String looked) {
        boolean isAsRead() {
            return looked.equals(read);
        }
    }

    /** To be made before the file is read: from now on a SIGHUP asks for it to be read once more. */
    Reload(Path file) {
        this(file, KafkaProperties.CHECK);
    }

    /** @param producer what it would say of its properties */
    Reload(Path file, KafkaSection.Check producer) {
        this.file = file;
        this.producer = producer;
        this.check = producer.remembering();
        watch(file);
        onHangup(this::ask);
    }

    /** Looks after another file, too, from now on; null for none. */
    void watch(@Nullable Path other) {
        if (other != null) {
            seen.computeIfAbsent(other, absent -> new Seen(stamp(absent), ""));
        }
    }

    void start(Agent agent) {
        start(() -> take(agent));
    }

    /** @param take what is done with a file that is another; it isn't disturbed by being asked once more */
    void start(Runnable take) {
        thread = Thread.ofVirtual().name("reload").start(() -> run(take));
    }

    /** To be taken up now, or once more after what is being taken up. */
    void ask() {
        asked = true;
        LockSupport.unpark(thread);
    }

    private void run(Runnable take) {
        while (!closing) {
            // woken without being interrupted: sources that are ending are waited for, whoever asks meanwhile
            if (!asked) {
                LockSupport.parkNanos(LOOK_EVERY.toNanos());
            }
            if (!closing && isDue()) {
                asked = false;
                take.run();
            }
        }
    }

    /** Whether there is something to take up. What is waited for isn't looked for in a file that is being changed. */
    boolean isDue() {
        boolean anew = isChanged() || asked;
        if (anew) {
            check = producer.remembering();
        }
        return anew || (waits && isAtRest());
    }

    /** Whether no file is being changed. A model that has gone isn't: the configuration may have another one by now. */
    private boolean isAtRest() {
        return seen.entrySet().stream()
                .allMatch(known -> known.getValue().isAsRead()
                        || (known.getValue().looked.isEmpty() && !known.getKey().equals(file)));
    }

    /**
     * Whether any file is another than was read. One that is between two states is as it was: half a file may be right, with
     * fewer devices. So what nobody has asked for has to be the same at two looks in a row.
     */
    boolean isChanged() {
        boolean changed = false;
        for (Map.Entry<Path, Seen> known : seen.entrySet()) {
            String now = stamp(known.getKey());
            Seen before = known.getValue();
            boolean isTaken = !now.isEmpty() && !now.equals(before.read) && (asked || now.equals(before.looked));
            known.setValue(new Seen(isTaken ? now : before.read, now));
            changed |= isTaken;
        }
        return changed;
    }

    /** A file that is wrong changes nothing; that it is there is said until a right one is, since nobody starts with it. */
    void take(Agent agent) {
        try {
            AgentConfig changed = AgentFile.read(file, check);
            waits = false;
            watchOnly(changed.operation().silence().site());
            List<String> later = agent.reload(changed);
            agent.refused(Optional.empty());
            log.info("reload=done sources={}", agent.sources().size());
            if (!later.isEmpty()) {
                log.warn("reload=partly needsRestart={}", later);
            }
        } catch (ConfigurationException e) {
            boolean isAgain = waits && e.isPassing();
            waits = e.isPassing();
            agent.refused(Optional.of(e.flaws().getFirst().toString()));
            if (!isAgain) {
                log.error("reload=refused; the agent goes on as it was:\n{}", e.getMessage());
            }
        } catch (RuntimeException e) {
            log.error("reload=failed", e);
        }
    }

    private void watchOnly(@Nullable Path site) {
        seen.keySet().removeIf(known -> !known.equals(file) && !known.equals(site));
        watch(site);
    }

    /** What tells one state of a file from another, also where a link to it is changed, as Kubernetes does; empty for none. */
    private static String stamp(Path file) {
        try {
            Path real = file.toRealPath();
            return real + " " + Files.size(real) + " " + Files.getLastModifiedTime(real);
        } catch (IOException _) {
            return "";
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
