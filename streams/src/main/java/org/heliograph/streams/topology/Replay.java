package org.heliograph.streams.topology;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.heliograph.streams.config.EngineSection;
import org.heliograph.streams.config.KafkaSettings;
import org.heliograph.streams.config.SiteText;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.topics.TopicPlan;
import org.heliograph.streams.topology.topics.TopicReader;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/**
 * A period of one site, computed anew with another site model by an engine of its own, into shadow topics, and compared
 * with what {@code hg.kpi} says of it. The real topics are only read.
 */
public final class Replay {
    /** The newest minutes may still be on their way to both sides. */
    private static final Duration UNSETTLED = Duration.ofMinutes(2);

    private Replay() {}

    /**
     * What a replay found.
     *
     * @param prefix of the shadow topics
     * @param refused how many records the corrected model refuses
     */
    public record Result(String site, Instant from, Instant to, String prefix, Comparison comparison, long refused) {}

    /**
     * Replays.
     *
     * @param factors what the site models may name, beside what {@code hg.factors} holds, which counts more
     * @param from without it, from where {@code hg.telemetry} begins
     * @param to without it, to a few minutes ago
     * @param keep leaves the shadow topics
     * @throws MaintenanceException if it can't be done
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
            throws MaintenanceException, ExecutionException, InterruptedException {
        TopicPlan.requireBroker(kafka);
        try (ShadowEngine shadow = new ShadowEngine(kafka, engine, keep);
                TopicReader reader = new TopicReader(kafka)) {
            Scope.Period period = period(kafka.topics().telemetry(), site, reader, from, to);
            shadow.compute(reader, site, period, factors);
            return compare(reader, kafka.topics(), shadow.topics(), period);
        } catch (ExecutionException e) {
            throw new MaintenanceException(String.valueOf(e.getCause()));
        }
    }

    private static Scope.Period period(
            String telemetry, SiteText site, TopicReader reader, Optional<Instant> from, Optional<Instant> to)
            throws MaintenanceException {
        if (reader.partitions(telemetry).isEmpty()) {
            throw new MaintenanceException("there is no topic " + telemetry);
        }
        Instant end =
                to.orElseGet(() -> Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(UNSETTLED));
        Instant start = start(
                from,
                reader.cutAt(telemetry),
                () -> firstDay(reader, telemetry, site.model().zone()));
        if (!start.isBefore(end)) {
            throw new MaintenanceException("the period from " + start + " to " + end + " is empty");
        }
        return new Scope.Period(site.model().site(), start, end, EngineSettings.REACH);
    }

    /**
     * Where the replay begins.
     *
     * @param cut since when the topic holds all; empty when nothing of it has been deleted
     * @param begin where nobody says when, and nothing has been deleted
     * @throws MaintenanceException when something of the period has been deleted
     */
    static Instant start(Optional<Instant> from, Optional<Instant> cut, Supplier<Instant> begin)
            throws MaintenanceException {
        Instant start = from.or(() -> cut).orElseGet(begin);
        if (cut.isPresent() && start.isBefore(cut.get())) {
            throw new MaintenanceException("the telemetry is held as a whole since " + cut.get()
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

    private static Result compare(TopicReader reader, Topics real, Topics shadow, Scope.Period period) {
        Comparison comparison = Comparison.of(windows(reader, real, period), windows(reader, shadow, period));
        AtomicLong refused = new AtomicLong();
        reader.readAll(shadow.rejects(), _ -> refused.incrementAndGet());
        return new Result(period.site(), period.from(), period.to(), shadow.prefix(), comparison, refused.get());
    }

    /** The newest statement of each of the site's windows that lie in the period. */
    private static Map<String, SiteWindow> windows(TopicReader reader, Topics topics, Scope.Period period) {
        Map<String, SiteWindow> windows = new TreeMap<>();
        reader.readAll(topics.kpi(), published -> {
            if (published.key().startsWith(period.site() + "/") && published.value() != null) {
                SiteWindow window = StateException.read(topics.kpi(), published.value(), SiteWindow::parseFrom);
                if (window.getStartMs() >= period.from().toEpochMilli()
                        && window.getEndMs() <= period.to().toEpochMilli()) {
                    windows.put(published.key(), window);
                }
            }
        });
        return windows;
    }
}
