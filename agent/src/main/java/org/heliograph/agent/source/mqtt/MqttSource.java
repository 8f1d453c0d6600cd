package org.heliograph.agent.source.mqtt;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.source.Source;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One broker: connects, and connects again, for as long as it is open. */
public final class MqttSource implements Source {
    private static final Logger log = LoggerFactory.getLogger(MqttSource.class);

    /** Paho logs what it also throws, through java.util.logging; kept, as that forgets loggers nobody holds. */
    private static final List<java.util.logging.Logger> PAHO = List.of(
            java.util.logging.Logger.getLogger("org.eclipse.paho.mqttv5"),
            java.util.logging.Logger.getLogger("org.eclipse.paho.client.mqttv3"));

    private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

    private static final String NOT_YET = "it hasn't answered yet";

    private final AgentConfig.Mqtt config;
    private final String site;
    private final MachineClock clock;
    private final long bytesUnderWayMax;
    private final Duration keepAlive;
    private final Pause pause;
    private final Subscriptions subscriptions;
    private final Denials denials;
    private @Nullable Thread thread;
    private final AtomicLong lostSessions = new AtomicLong();
    /** Whether whoever closes has interrupted the thread, which happens once. */
    private final CountDownLatch interrupted = new CountDownLatch(1);

    // what its thread remembers from one connection to the next
    private boolean subscribed;
    private Instant stateBefore = Instant.EPOCH;
    private String told = "";

    private volatile Optional<String> unconnected = Optional.of(NOT_YET);
    private volatile boolean closing;
    private volatile boolean retiring;

    /** How to wait between two connections. */
    @FunctionalInterface
    public interface Pause {
        void rest(Duration length) throws InterruptedException;
    }

    /**
     * @param bytesUnderWayMax of messages that the broker has sent and that aren't acknowledged yet
     * @param names keep what its session is subscribed to, over restarts
     */
    public MqttSource(AgentConfig.Mqtt config, String site, MachineClock clock, long bytesUnderWayMax, Names names) {
        this(config, site, clock, bytesUnderWayMax, names, KEEP_ALIVE, Thread::sleep);
    }

    /** @param keepAlive a broker that hears nothing for half as long again ends the connection */
    public MqttSource(
            AgentConfig.Mqtt config,
            String site,
            MachineClock clock,
            long bytesUnderWayMax,
            Names names,
            Duration keepAlive,
            Pause pause) {
        this.config = config;
        this.site = site;
        this.clock = clock;
        this.bytesUnderWayMax = bytesUnderWayMax;
        this.subscriptions = new Subscriptions(names, config);
        this.keepAlive = keepAlive;
        this.pause = pause;
        this.denials = new Denials(config);
        PAHO.forEach(logger -> logger.setLevel(Level.OFF));
    }

    @Override
    public void start(Intake intake) {
        thread = Thread.ofVirtual().name("mqtt " + config.url()).start(() -> keepConnected(intake));
    }

    /** What the broker keeps for its session goes on coming to nobody: it is told to send no more. */
    @Override
    public void retire() {
        retiring = true;
        close();
        subscriptions.ended();
    }

    @Override
    public void close() {
        closing = true;
        if (thread != null) {
            if (interrupted.getCount() > 0) {
                thread.interrupt();
                interrupted.countDown();
            }
            try {
                if (!thread.join(CLOSE_WITHIN)) {
                    log.warn("mqtt=left url={} reason=\"the broker doesn't answer\"", config.url());
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void keepConnected(Intake intake) {
        Reception reception = new Reception(config, site, window());
        Unacknowledged unacknowledged = new Unacknowledged();
        Reconnection reconnection = new Reconnection();
        try {
            while (!closing) {
                Ended ended = connection(intake, reception, unacknowledged);
                if (closing) {
                    return;
                }
                unconnected = Optional.of(ended.reason);
                tell(ended);
                pause.rest(reconnection.pause(ended.held, ended.forLaterState));
            }
        } catch (InterruptedException _) {
            log.debug("mqtt=closed url={}", config.url());
        }
    }

    /**
     * How a connection ended.
     *
     * @param held how long it was there; zero for one that couldn't be made
     * @param forLaterState whether it was ended on purpose, see {@link Reconnection#pause}
     */
    private record Ended(String reason, Duration held, boolean forLaterState) {
        static Ended unmade(String reason) {
            return new Ended(reason, Duration.ZERO, false);
        }
    }

    /** One of them, from its beginning to its end. */
    private Ended connection(Intake intake, Reception reception, Unacknowledged unacknowledged) {
        try (Session session = new Session(link(), reception, unacknowledged, intake, clock, nextState(), denials)) {
            begin(session, reception);
            long since = System.nanoTime();
            String reason = awaitEnd(session);
            Duration held = Duration.ofNanos(System.nanoTime() - since);
            session.laterState().ifPresent(later -> stateBefore = later);
            return new Ended(reason, held, session.laterState().isPresent());
        } catch (Link.LinkException | RuntimeException e) {
            return Ended.unmade(reason(e));
        }
    }

    /** Paho throws runtime exceptions, too, for what it doesn't like; the other sources go on. */
    private static String reason(Exception e) {
        return e instanceof Link.LinkException ? String.valueOf(e.getMessage()) : e.toString();
    }

    private void begin(Session session, Reception reception) throws Link.LinkException {
        List<String> filters = reception.filters();
        boolean hadSession = subscriptions.hasSession();
        subscriptions.add(filters);
        boolean isKept = session.open(subscribed && !denials.areOfTopics());
        // after the others are there: what two filters match is missing at no moment
        subscriptions.keepOnly(filters, isKept, session);
        subscriptions.begun();
        if (hadSession && !isKept) {
            lostSessions.incrementAndGet();
            log.warn("mqtt=session-lost url={} what=\"what the broker had kept for it, if anything\"", config.url());
        }
        log.info("mqtt=connected url={} session={} topics={}", config.url(), isKept ? "kept" : "new", filters);
        subscribed = true;
        unconnected = Optional.empty();
        told = "";
    }

    private String awaitEnd(Session session) {
        try {
            return closing ? closed() : awaitLoss(session);
        } catch (InterruptedException _) {
            return closed();
        } catch (Link.LinkException | RuntimeException e) {
            return reason(e);
        } finally {
            if (retiring) {
                subscriptions.endAll(session);
            }
        }
    }

    /** Once for as long as the same is wrong, whatever numbers come with it. */
    private void tell(Ended ended) {
        String plain = ended.reason.replaceAll("\\d+", "#");
        if (ended.forLaterState) {
            log.info("mqtt=again url={} reason=\"{}\"", config.url(), ended.reason);
        } else if (!plain.equals(told)) {
            log.warn("mqtt=unreachable url={} reason=\"{}\"", config.url(), ended.reason);
        }
        told = plain;
    }

    /**
     * Paho swallows the interruption of a thread that waits for it, so it may have come already. What is said in leaving is
     * not to be interrupted.
     */
    private String closed() {
        boolean isAwaited = true;
        while (isAwaited) {
            try {
                interrupted.await();
                isAwaited = false;
            } catch (InterruptedException _) {
                log.debug("mqtt=closing url={}", config.url());
            }
        }
        Thread.interrupted();
        return "closed";
    }

    /** What the broker refuses is asked for at each pause that a ping would be due after. */
    private String awaitLoss(Session session) throws InterruptedException, Link.LinkException {
        while (denials.areAskable()) {
            Optional<String> loss = session.awaitLoss(keepAlive);
            if (loss.isPresent()) {
                return loss.get();
            }
            session.askAgain();
        }
        return session.awaitLoss();
    }

    @Override
    public Needs needs() {
        return Needs.BROKER;
    }

    @Override
    public Optional<String> unconnected() {
        return unconnected;
    }

    /** How often the broker no longer had its session, and so nothing of what had come in the meantime. */
    public long lostSessions() {
        return lostSessions.get();
    }

    @Override
    public List<String> refusals() {
        return denials.sentences();
    }

    /** Messages under way at once; with MQTT 3.1.1 the broker has its own idea of it. */
    private int window() {
        return Math.clamp(bytesUnderWayMax / Link.PACKET_BYTES_MAX, 1, config.receiveMaximum());
    }

    private Link link() throws Link.LinkException {
        int keepAliveSeconds = Math.toIntExact(keepAlive.toSeconds());
        return switch (config.protocol()) {
            case V5 -> new Mqtt5Link(config, window(), keepAliveSeconds);
            case V3_1_1 -> new Mqtt3Link(config, keepAliveSeconds);
        };
    }

    /** Of the host, if it is to say that it is there: later than any before, whatever the clock says. */
    private @Nullable HostState nextState() {
        AgentConfig.Sparkplug sparkplug = config.sparkplug();
        if (sparkplug == null || sparkplug.host() == null) {
            return null;
        }
        Instant now = clock.instant();
        stateBefore = now.isAfter(stateBefore) ? now : stateBefore.plusMillis(1);
        return new HostState(sparkplug.host(), stateBefore);
    }
}
