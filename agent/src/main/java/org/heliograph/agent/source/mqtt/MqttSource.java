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
    private @Nullable Thread thread;
    private final Denials denials;
    private final AtomicLong lostSessions = new AtomicLong();
    /** Whether whoever closes has interrupted the thread, which happens once. */
    private final CountDownLatch interrupted = new CountDownLatch(1);

    private volatile Optional<String> unconnected = Optional.of(NOT_YET);
    private volatile boolean closing;
    private volatile boolean retiring;

    /** How to wait between two connections. */
    @FunctionalInterface
    interface Pause {
        void rest(Duration length) throws InterruptedException;
    }

    /** @param bytesUnderWayMax of messages that the broker has sent and that aren't acknowledged yet */
    public MqttSource(AgentConfig.Mqtt config, String site, MachineClock clock, long bytesUnderWayMax) {
        this(config, site, clock, bytesUnderWayMax, Names.NONE);
    }

    /** @param names keep what its session is subscribed to, over restarts */
    public MqttSource(AgentConfig.Mqtt config, String site, MachineClock clock, long bytesUnderWayMax, Names names) {
        this(config, site, clock, bytesUnderWayMax, KEEP_ALIVE, Thread::sleep, names);
    }

    /** @param keepAlive a broker that hears nothing for half as long again ends the connection */
    public MqttSource(
            AgentConfig.Mqtt config, String site, MachineClock clock, long bytesUnderWayMax, Duration keepAlive) {
        this(config, site, clock, bytesUnderWayMax, keepAlive, Thread::sleep, Names.NONE);
    }

    MqttSource(
            AgentConfig.Mqtt config,
            String site,
            MachineClock clock,
            long bytesUnderWayMax,
            Duration keepAlive,
            Pause pause,
            Names names) {
        this.pause = pause;
        this.subscriptions = new Subscriptions(names, config);
        this.bytesUnderWayMax = bytesUnderWayMax;
        this.config = config;
        this.denials = new Denials(config.url());
        this.site = site;
        this.clock = clock;
        this.keepAlive = keepAlive;
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
        List<String> left = subscriptions.besides(List.of());
        if (!left.isEmpty()) {
            log.warn("mqtt=left-subscribed url={} topics={} until=\"the broker ends the session\"", config.url(), left);
        }
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
        boolean subscribed = false;
        String told = "";
        Instant stateBefore = Instant.EPOCH;
        try {
            while (!closing) {
                String reason;
                Optional<Long> connectedNanos = Optional.empty();
                boolean forLaterState = false;
                HostState state = state(stateBefore);
                stateBefore = state == null ? stateBefore : state.connecting();
                try (Session session = new Session(link(), reception, unacknowledged, intake, clock, state)) {
                    boolean hadSession = subscriptions.hasSession() || (subscribed && !config.isClean());
                    boolean kept = open(session, subscribed && !denials.areOfTopics(), reception.filters());
                    subscriptions.begun();
                    sayConnected(kept, hadSession && !kept, reception);
                    subscribed = true;
                    connectedNanos = Optional.of(System.nanoTime());
                    unconnected = Optional.empty();
                    told = "";
                    try {
                        reason = closing ? closed() : awaitLoss(session);
                    } catch (InterruptedException _) {
                        reason = closed();
                    } finally {
                        leaveIfRetiring(session);
                    }
                    forLaterState = session.laterState().isPresent();
                    if (forLaterState) {
                        stateBefore = session.laterState().get();
                        told = plain(reason);
                        log.info("mqtt=again url={} reason=\"{}\"", config.url(), reason);
                    }
                } catch (Link.LinkException e) {
                    reason = String.valueOf(e.getMessage());
                } catch (RuntimeException e) {
                    // Paho throws them, too, for what it doesn't like; the other sources go on
                    reason = e.toString();
                }
                if (closing) {
                    return;
                }
                unconnected = Optional.of(reason);
                if (!plain(reason).equals(told)) {
                    told = plain(reason);
                    log.warn("mqtt=unreachable url={} reason={}", config.url(), reason);
                }
                Duration held = connectedNanos
                        .map(since -> Duration.ofNanos(System.nanoTime() - since))
                        .orElse(Duration.ZERO);
                pause.rest(reconnection.pause(held, forLaterState));
            }
        } catch (InterruptedException _) {
            log.debug("mqtt=closed url={}", config.url());
        }
    }

    /** What is wrong, whatever numbers come with it: it is told once for as long as it lasts. */
    private static String plain(String reason) {
        return reason.replaceAll("\\d+", "#");
    }

    private boolean open(Session session, boolean maySkip, List<String> filters) throws Link.LinkException {
        subscriptions.add(filters);
        boolean kept;
        try {
            kept = session.open(maySkip);
        } finally {
            denials.note(session);
        }
        List<String> others = subscriptions.besides(filters);
        if (kept) {
            // after the others are there: what two filters match is missing at no moment
            unsubscribe(session, others);
        } else {
            subscriptions.remove(others);
        }
        return kept;
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

    private void leaveIfRetiring(Session session) {
        if (retiring && !config.isClean()) {
            unsubscribe(session, subscriptions.besides(List.of()));
        }
    }

    /** What doesn't succeed is tried again on the next connection: nothing worse comes of it than what isn't wanted. */
    private void unsubscribe(Session session, List<String> filters) {
        if (filters.isEmpty()) {
            return;
        }
        try {
            List<String> kept = session.unsubscribe(filters);
            subscriptions.remove(
                    filters.stream().filter(filter -> !kept.contains(filter)).toList());
            log.info("mqtt=unsubscribed url={} topics={} refused={}", config.url(), filters, kept);
        } catch (Link.LinkException | RuntimeException e) {
            log.warn("mqtt=still-subscribed url={} topics={} reason={}", config.url(), filters, e.getMessage());
        }
    }

    /** What the broker refuses is asked for at each pause that a ping would be due after. */
    private String awaitLoss(Session session) throws InterruptedException, Link.LinkException {
        while (denials.areAny()) {
            Optional<String> loss = session.awaitLoss(keepAlive);
            if (loss.isPresent()) {
                return loss.get();
            }
            session.askAgain();
            denials.note(session);
        }
        return session.awaitLoss();
    }

    private void sayConnected(boolean kept, boolean isLost, Reception reception) {
        if (isLost) {
            lostSessions.incrementAndGet();
            log.warn("mqtt=session-lost url={} what=\"what the broker had kept for it, if anything\"", config.url());
        }
        log.info(
                "mqtt=connected url={} session={} topics={}", config.url(), kept ? "kept" : "new", reception.filters());
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

    private @Nullable HostState state(Instant before) {
        AgentConfig.Sparkplug sparkplug = config.sparkplug();
        if (sparkplug == null || sparkplug.host() == null) {
            return null;
        }
        Instant now = clock.instant();
        return new HostState(sparkplug.host(), now.isAfter(before) ? now : before.plusMillis(1));
    }
}
