package org.heliograph.streams;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.heliograph.streams.alert.AlertPart;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.health.HealthServer;
import org.heliograph.streams.health.Vitals;
import org.heliograph.streams.influx.InfluxSink;
import org.heliograph.streams.page.AddressUnavailableException;
import org.heliograph.streams.page.LivePage;
import org.heliograph.streams.page.PageBoard;
import org.heliograph.streams.page.PageFeed;
import org.heliograph.streams.topology.EngineRun;
import org.heliograph.streams.topology.OwnClock;
import org.heliograph.streams.topology.topics.TopicPlan;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts that run, closed in the reverse order of their start. */
final class Parts implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Parts.class);

    private final StreamsSettings settings;
    private final PageBoard board = new PageBoard();
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    private volatile boolean complete;
    private volatile @Nullable EngineRun engine;
    private volatile @Nullable InfluxSink sink;
    private volatile @Nullable LivePage page;
    private volatile @Nullable PageFeed feed;
    private volatile @Nullable AlertPart alerts;

    Parts(StreamsSettings settings) {
        this.settings = settings;
    }

    /** Returns when a part has stopped by itself, with its name. */
    String awaitFailure() throws InterruptedException, ExecutionException {
        List<CompletableFuture<String>> ends = new ArrayList<>();
        EngineRun running = engine;
        if (running != null) {
            ends.add(running.stopped().thenApply(_ -> "engine"));
        }
        InfluxSink writing = sink;
        if (writing != null) {
            ends.add(writing.broken().thenApply(_ -> "sink"));
        }
        PageFeed reading = feed;
        if (reading != null) {
            ends.add(reading.broken().thenApply(_ -> "page"));
        }
        AlertPart judging = alerts;
        if (judging != null) {
            ends.add(judging.broken().thenApply(_ -> "alerts"));
        }
        return (String)
                CompletableFuture.anyOf(ends.toArray(CompletableFuture[]::new)).get(); // of none: never
    }

    /** In an order that matters: each step says why it stands where it does. */
    void start(PrintWriter out)
            throws InterruptedException, ExecutionException, AddressUnavailableException, IOException {
        StringBuilder ready = new StringBuilder("ready");
        openDoors(ready);
        publishModels();
        Map<String, Object> kafka = settings.kafka().clientProperties();
        startReaders(kafka, ready);
        if (settings.engine().enabled() || settings.alerts().enabled()) {
            // by a clock that is behind readings are refused, and what stands is told with an end that is past
            OwnClock.await(settings.kafka());
        }
        startAlerts(kafka);
        startEngine(ready);
        complete = true;
        out.println(ready);
        out.flush();
    }

    /** First: a port in use should be known before anything else is done, and who waits for Kafka should say so. */
    private void openDoors(StringBuilder ready) throws AddressUnavailableException, IOException {
        if (settings.health().isPresent()) {
            HealthServer health = keep(HealthServer.start(settings.health().get(), this::vitals, this::isReady));
            ready.append(" health=").append(health.address());
        }
        if (settings.page().enabled()) {
            LivePage live = keep(LivePage.start(settings.page(), board, this::vitals));
            page = live;
            ready.append(" page=").append(live.address());
        }
    }

    /** Who has no engine may have other files, or none: what is published is an engine's to say. */
    private void publishModels() throws InterruptedException, ExecutionException {
        boolean hasEngine = settings.engine().enabled();
        boolean hasFiles = !settings.sites().isEmpty()
                || !Set.copyOf(Factors.SHIPPED.all())
                        .containsAll(settings.factors().all());
        if (!hasEngine && hasFiles) {
            log.info(
                    "sites=not-published factors=not-published why=\"engine.enabled is false, and only an engine publishes\"");
        }
        TopicPlan.apply(
                settings.kafka(),
                hasEngine ? settings.sites() : List.of(),
                hasEngine ? settings.factors() : Factors.of(List.of()),
                settings.engine().devicePartitions(),
                settings.engine().sitePartitions());
    }

    private void startReaders(Map<String, Object> kafka, StringBuilder ready) {
        if (settings.page().enabled()) {
            feed = keep(PageFeed.start(kafka, settings.kafka().topics(), board));
        }
        if (settings.sink().enabled()) {
            sink = keep(InfluxSink.start(kafka, settings.kafka().topics(), settings.sink()));
            ready.append(" sink=").append(settings.sink().url());
        }
    }

    private void startAlerts(Map<String, Object> kafka) {
        if (settings.alerts().enabled()) {
            AlertPart part = keep(AlertPart.start(kafka, settings.kafka().topics(), settings.alerts()));
            alerts = part;
            board.judgedBy(part::isWatched);
        }
    }

    /** Last, since it is waited for: it may have to take up all of its state. */
    private void startEngine(StringBuilder ready) throws InterruptedException, ExecutionException, IOException {
        if (settings.engine().enabled()) {
            EngineRun run = keep(EngineRun.start(settings.kafka(), settings.engine()));
            engine = run;
            run.running().get();
            ready.append(" engine=").append(settings.engine().application());
        }
    }

    /** Whether everything has started, and an engine has its state and processes: another instance may go now. */
    private boolean isReady() {
        EngineRun running = engine;
        return complete && (running == null || isRunning(running));
    }

    Vitals vitals() {
        return PartFigures.of(settings, this, System.currentTimeMillis());
    }

    PageBoard board() {
        return board;
    }

    @Nullable
    EngineRun engine() {
        return engine;
    }

    @Nullable
    InfluxSink sink() {
        return sink;
    }

    @Nullable
    LivePage page() {
        return page;
    }

    @Nullable
    PageFeed feed() {
        return feed;
    }

    @Nullable
    AlertPart alerts() {
        return alerts;
    }

    static boolean isRunning(EngineRun engine) {
        return engine.state().equals("RUNNING");
    }

    private <T extends AutoCloseable> T keep(T part) {
        started.push(part);
        return part;
    }

    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        for (AutoCloseable part : started) {
            try {
                part.close();
            } catch (Exception e) {
                log.error("stop=failed part={}", part.getClass().getSimpleName(), e);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
