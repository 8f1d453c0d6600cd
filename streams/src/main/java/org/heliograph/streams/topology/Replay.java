package org.heliograph.streams.topology;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.heliograph.streams.config.EngineSection;
import org.heliograph.streams.config.KafkaSettings;
import org.heliograph.streams.config.SiteText;
import org.heliograph.streams.indicator.Factors;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.topics.TopicPlan;
import org.heliograph.streams.topology.topics.TopicReader;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A period of one site, computed anew with another site model by an engine of its own, into shadow topics, and compared
 * with what {@code hg.kpi} says of it. The real topics are only read.
 */
public final class Replay {
    private static final Logger log = LoggerFactory.getLogger(Replay.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration START_PATIENCE = Duration.ofMinutes(2);
    /** The newest minutes may still be on their way to both sides. */
    private static final Duration UNSETTLED = Duration.ofMinutes(2);

    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

    private final KafkaSettings kafka;
    private final KafkaSettings shadow;
    private final EngineSection engine;
    private final SiteText site;
    private final Factors factors;

    private Replay(KafkaSettings kafka, EngineSection engine, SiteText site, Factors factors, Path state, String id) {
        this.kafka = kafka;
        this.site = site;
        this.factors = factors;
        String application = application(engine.application(), id);
        // a name of the application's own, so that whoever may run the engine may replay
        Topics topics = new Topics(application);
        this.shadow = new KafkaSettings(kafka.bootstrap(), topics, kafka.replication(), kafka.properties());
        this.engine = new EngineSection(
                true,
                application,
                "",
                state,
                0,
                engine.threads(),
                engine.devicePartitions(),
                engine.sitePartitions(),
                engine.grace(),
                engine.factorReach(),
                engine.cacheBytes());
    }

    /**
     * What a replay found.
     *
     * @param prefix of the shadow topics
     * @param compared how many windows of each length were compared
     * @param different how many of them differ
     * @param before sums over the period's minutes, by figure
     * @param after the same of the replay
     * @param refused how many records the corrected model refuses
     */
    public record Result(
            String site,
            Instant from,
            Instant to,
            String prefix,
            Map<String, Integer> compared,
            Map<String, Integer> different,
            List<FigureDifference> differences,
            Map<String, Double> before,
            Map<String, Double> after,
            long refused) {
        public Result {
            compared = Collections.unmodifiableMap(new TreeMap<>(compared));
            different = Collections.unmodifiableMap(new TreeMap<>(different));
            differences = List.copyOf(differences);
            before = Collections.unmodifiableMap(new TreeMap<>(before));
            after = Collections.unmodifiableMap(new TreeMap<>(after));
        }
    }

    /** It couldn't be done; the message is a sentence. */
    public static final class FailedException extends Exception {
        private static final long serialVersionUID = 1;

        FailedException(String message) {
            super(message);
        }
    }

    /**
     * Replays.
     *
     * @param factors what the site models may name, beside what {@code hg.factors} holds, which counts more
     * @param from without it, from where {@code hg.telemetry} begins
     * @param to without it, to a few minutes ago
     * @param keep leaves the shadow topics
     * @throws FailedException if it can't be done
     * @throws ExecutionException if there is no broker
     */
    public static Result run(
            KafkaSettings kafka,
            EngineSection engine,
            SiteText site,
            Factors factors,
            Optional<Instant> from,
            Optional<Instant> to,
            boolean keep)
            throws FailedException, ExecutionException, InterruptedException {
        TopicPlan.requireBroker(kafka);
        Path state = temporaryFolder();
        Replay replay = new Replay(kafka, engine, site, factors, state, ID.format(Instant.now()));
        try {
            return replay.run(from, to);
        } catch (ExecutionException e) {
            throw new FailedException(String.valueOf(e.getCause()));
        } finally {
            delete(state);
            replay.clean(keep);
        }
    }

    private Result run(Optional<Instant> from, Optional<Instant> to)
            throws FailedException, ExecutionException, InterruptedException {
        Instant now = Instant.now();
        Instant end = to.orElse(now.truncatedTo(ChronoUnit.MINUTES).minus(UNSETTLED));
        try (TopicReader reader = new TopicReader(kafka);
                Admin admin = Admin.create(kafka.clientProperties())) {
            String telemetry = kafka.topics().telemetry();
            if (reader.partitions(telemetry).isEmpty()) {
                throw new FailedException("there is no topic " + telemetry);
            }
            Instant start = start(
                    from,
                    reader.cutAt(telemetry),
                    () -> firstDay(reader, telemetry, site.model().zone()));
            if (!start.isBefore(end)) {
                throw new FailedException("the period from " + start + " to " + end + " is empty");
            }
            Map<TopicPartition, Long> ends = reader.ends(telemetry);
            Scope.Period period = new Scope.Period(site.model().site(), start, end, EngineSettings.REACH);
            TopicPlan.applyShadow(shadow, List.of(site), engine.sitePartitions());
            Map<TopicPartition, OffsetAndMetadata> begin = new HashMap<>();
            reader.offsetsAt(telemetry, start.minus(EngineSettings.REACH))
                    .forEach((partition, offset) -> begin.put(partition, new OffsetAndMetadata(offset)));
            admin.alterConsumerGroupOffsets(engine.application(), begin).all().get();
            log.info(
                    "replay=started prefix={} site={} from={} to={}",
                    shadow.topics().prefix(),
                    site.model().site(),
                    start,
                    end);
            EngineSettings settings = EngineSettings.of(shadow.topics(), engine)
                    .replaying(kafka.topics(), period, Duration.between(start, now));
            compute(reader, admin, settings, ends, end);
            return compare(reader, start, end);
        }
    }

    /**
     * Where the replay begins.
     *
     * @param cut since when the topic holds all; empty when nothing of it has been deleted
     * @param begin where nobody says when, and nothing has been deleted
     * @throws FailedException when something of the period has been deleted
     */
    static Instant start(Optional<Instant> from, Optional<Instant> cut, Supplier<Instant> begin)
            throws FailedException {
        Instant start = from.or(() -> cut).orElseGet(begin);
        if (cut.isPresent() && start.isBefore(cut.get())) {
            throw new FailedException("the telemetry is held as a whole since " + cut.get()
                    + " only: what is before can't be computed anew");
        }
        return start;
    }

    /** The site's day in which the topic begins. Older readings may have come later: {@code --from} reaches them. */
    private static Instant firstDay(TopicReader reader, String telemetry, ZoneId zone) {
        Instant first = reader.beginnings(telemetry).keySet().stream()
                .flatMap(partition -> reader.firstTime(partition).stream())
                .min(Comparator.naturalOrder())
                .orElseGet(Instant::now);
        // a record's time is that of its last reading: the one before the first belongs to what is held
        return first.atZone(zone).truncatedTo(ChronoUnit.DAYS).toInstant();
    }

    /**
     * Runs the engine until it has done its work. A clean stop commits all of it; what the device side had sent and the
     * site side not yet taken is found then, and another pass takes it.
     */
    private void compute(
            TopicReader reader, Admin admin, EngineSettings settings, Map<TopicPartition, Long> ends, Instant before)
            throws FailedException, ExecutionException, InterruptedException {
        Map<TopicPartition, Long> toTake = new HashMap<>(ends);
        toTake.putAll(reader.ends(kafka.topics().factors()));
        do {
            EngineRun run = EngineRun.start(shadow, engine, settings, factors);
            boolean isWhole = false;
            try {
                awaitRunning(run);
                awaitDone(run, admin, toTake, before);
                toTake.putAll(internal(reader)); // what was on its way between its sides while both were idle
                awaitDone(run, admin, toTake, before);
                isWhole = true;
            } finally {
                isWhole &= run.closeAndLeave(); // whatever ends it: a group that has members can't be deleted
            }
            if (!isWhole) {
                throw new FailedException("the engine didn't stop in time");
            }
            toTake.putAll(internal(reader));
        } while (!hasTaken(admin, toTake));
    }

    private void awaitDone(EngineRun run, Admin admin, Map<TopicPartition, Long> toTake, Instant before)
            throws FailedException, ExecutionException, InterruptedException {
        while (!hasTaken(admin, toTake) || !run.isIdle(before)) {
            if (run.stopped().isDone()) {
                throw new FailedException("the engine stopped; the log says why");
            }
            Thread.sleep(POLL);
        }
    }

    private Map<TopicPartition, Long> internal(TopicReader reader) {
        Map<TopicPartition, Long> ends = new HashMap<>(reader.ends(engine.application() + Engine.SHARES_SUFFIX));
        ends.putAll(reader.ends(engine.application() + Engine.FACTOR_NEWS_SUFFIX));
        return ends;
    }

    private static void awaitRunning(EngineRun run) throws FailedException, InterruptedException {
        try {
            run.running().get(START_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new FailedException("the engine didn't start: " + e);
        }
    }

    private boolean hasTaken(Admin admin, Map<TopicPartition, Long> ends)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(engine.application())
                .partitionsToOffsetAndMetadata()
                .get();
        return ends.entrySet().stream().allMatch(end -> {
            OffsetAndMetadata taken = committed.get(end.getKey());
            return end.getValue() == 0 || (taken != null && taken.offset() >= end.getValue());
        });
    }

    private Result compare(TopicReader reader, Instant from, Instant to) {
        Map<String, SiteWindow> before = windows(reader, kafka.topics(), from, to);
        Map<String, SiteWindow> after = windows(reader, shadow.topics(), from, to);
        Map<String, Integer> compared = new TreeMap<>();
        Map<String, Integer> different = new TreeMap<>();
        List<FigureDifference> differences = new ArrayList<>();
        TreeSet<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        for (String key : keys) {
            List<FigureDifference> found = FigureDifference.between(before.get(key), after.get(key));
            String label = key.split("/", -1)[1];
            compared.merge(label, 1, Integer::sum);
            different.merge(label, found.isEmpty() ? 0 : 1, Integer::sum);
            differences.addAll(found);
        }
        AtomicLong refused = new AtomicLong();
        reader.readAll(shadow.topics().rejects(), _ -> refused.incrementAndGet());
        return new Result(
                site.model().site(),
                from,
                to,
                shadow.topics().prefix(),
                compared,
                different,
                differences,
                FigureDifference.totals(minutes(before)),
                FigureDifference.totals(minutes(after)),
                refused.get());
    }

    private static Collection<SiteWindow> minutes(Map<String, SiteWindow> windows) {
        return windows.values().stream()
                .filter(window -> window.getWindow().equals(Window.MINUTE.label()))
                .toList();
    }

    /** The newest statement of each of the site's windows that lie in the period. */
    private Map<String, SiteWindow> windows(TopicReader reader, Topics topics, Instant from, Instant to) {
        Map<String, SiteWindow> windows = new TreeMap<>();
        reader.readAll(topics.kpi(), published -> {
            if (published.key().startsWith(site.model().site() + "/") && published.value() != null) {
                SiteWindow window = StateException.read(topics.kpi(), published.value(), SiteWindow::parseFrom);
                if (window.getStartMs() >= from.toEpochMilli() && window.getEndMs() <= to.toEpochMilli()) {
                    windows.put(published.key(), window);
                }
            }
        });
        return windows;
    }

    /**
     * Deletes the group and the topics of this replay, of one that is interrupted too; a failure is told, and leaves what is
     * left to the operator.
     */
    private void clean(boolean keep) {
        boolean interrupted = Thread.interrupted();
        String prefix = shadow.topics().prefix();
        try (Admin admin = Admin.create(kafka.clientProperties())) {
            List<String> topics = admin.listTopics().names().get().stream()
                    .filter(topic ->
                            topic.startsWith(engine.application() + "-") || (!keep && topic.startsWith(prefix + ".")))
                    .toList();
            admin.deleteTopics(topics).all().get();
            if (admin.listGroups().all().get().stream()
                    .anyMatch(group -> group.groupId().equals(engine.application()))) {
                admin.deleteConsumerGroups(List.of(engine.application())).all().get();
            }
        } catch (ExecutionException | KafkaException e) {
            log.warn("replay=not-cleaned prefix={}", prefix, e);
        } catch (InterruptedException _) {
            log.warn("replay=not-cleaned prefix={}", prefix);
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The application of one's replays, by a name of their own. */
    static String application(String engine, String id) {
        return engine + "-replay-" + id;
    }

    private static void delete(Path state) {
        try {
            Folders.delete(state);
        } catch (IOException e) {
            log.warn("state=not-deleted folder={}", state, e);
        }
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("heliograph-replay-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
