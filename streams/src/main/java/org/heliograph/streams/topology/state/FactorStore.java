package org.heliograph.streams.topology.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.streams.factor.FactorBook;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.factor.Feed;
import org.heliograph.streams.factor.IntensityPoint;
import org.heliograph.streams.topology.state.v1.FactorNews;
import org.heliograph.streams.topology.state.v1.PublishedFactor;
import org.heliograph.streams.topology.state.v1.SeriesPoint;
import org.jspecify.annotations.Nullable;

/**
 * What one partition of the site side knows of factors: those that ship with the product, the versions that
 * {@code hg.factors} carried (mirrored in memory), and the points of series as far back as anything can be restated.
 */
public final class FactorStore implements FactorBook {
    public static final String STORE = "factors";

    private static final byte VERSION = 'v';
    private static final byte POINT = 'p';

    private final KeyValueStore<Bytes, byte[]> store;
    private final Factors shipped;
    /** Of the series that have had a point. */
    private final KeptSince pointsSince = new KeptSince();

    private Factors factors;

    public FactorStore(KeyValueStore<Bytes, byte[]> store, Factors shipped) {
        this.store = store;
        this.shipped = shipped;
        this.factors = withPublished();
        Optional<String> series = readSeries(Bytes.wrap(new byte[] {POINT}));
        while (series.isPresent()) {
            series = readSeries(pointKey(series.get(), Long.MAX_VALUE));
        }
    }

    /** The first series that has a point, from a key on. */
    private Optional<String> readSeries(Bytes from) {
        try (KeyValueIterator<Bytes, byte[]> points = store.range(from, Bytes.wrap(new byte[] {POINT + 1}))) {
            if (!points.hasNext()) {
                return Optional.empty();
            }
            Bytes first = points.next().key;
            String series = Keys.name(first).substring(1);
            pointsSince.begin(series, Keys.minuteMillis(first));
            return Optional.of(series);
        }
    }

    /** A time over which a factor or a series has changed. */
    public record Change(String id, long fromMillis, long toMillis) {}

    /** Takes news in, and says what it changes. */
    public List<Change> take(FactorNews news) {
        if (Feed.of(news.getId()).isPresent()) {
            return takePoints(news);
        }
        boolean withdrawn = !news.getWithdrawn().isEmpty();
        String version = withdrawn ? news.getWithdrawn() : news.getPublished().getVersion();
        Bytes key = key(VERSION, news.getId(), version.getBytes(StandardCharsets.UTF_8));
        byte @Nullable [] before = store.get(key);
        List<Change> changes = new ArrayList<>();
        if (before != null) {
            changes.add(change(news.getId(), StateException.read(STORE, before, PublishedFactor::parseFrom)));
        }
        if (withdrawn) {
            store.delete(key);
        } else {
            byte[] after = news.getPublished().toByteArray();
            if (before != null && Arrays.equals(before, after)) {
                return List.of();
            }
            store.put(key, after);
            changes.add(change(news.getId(), news.getPublished()));
        }
        factors = withPublished();
        return changes;
    }

    private List<Change> takePoints(FactorNews news) {
        long from = Long.MAX_VALUE;
        long to = Long.MIN_VALUE;
        for (SeriesPoint stated : news.getPointsList()) {
            IntensityPoint point = decode(stated);
            Bytes key = pointKey(news.getId(), stated.getTimeMs());
            byte @Nullable [] before = store.get(key);
            Optional<IntensityPoint> known = Optional.ofNullable(before)
                    .map(bytes -> decode(StateException.read(STORE, bytes, SeriesPoint::parseFrom)));
            if (known.isEmpty() || point.replaces(known.get())) {
                store.put(key, stated.toByteArray());
                keepSince(news.getId(), stated.getTimeMs());
                from = Math.min(from, stated.getTimeMs());
                // it ends an earlier point, which may reach farther than itself
                to = Math.max(to, stated.getTimeMs() + IntensityPoint.LONGEST_REACH.toMillis());
            }
        }
        return from < to ? List.of(new Change(news.getId(), from, to)) : List.of();
    }

    private void keepSince(String series, long timeMillis) {
        if (!pointsSince.names().contains(series)) {
            pointsSince.begin(series, timeMillis);
        }
        pointsSince.reach(series, timeMillis);
    }

    @Override
    public Optional<EmissionFactor> at(String id, Instant moment) {
        if (Feed.of(id).isEmpty()) {
            return factors.at(id, moment);
        }
        long millis = moment.toEpochMilli();
        long earliest = Math.max(0, millis - IntensityPoint.LONGEST_REACH.toMillis());
        try (KeyValueIterator<Bytes, byte[]> points =
                store.reverseRange(pointKey(id, earliest), pointKey(id, millis))) {
            return points.hasNext()
                    ? decode(StateException.read(STORE, points.next().value, SeriesPoint::parseFrom))
                            .asOf(id, moment)
                    : Optional.empty();
        }
    }

    /** What is known of a time, for many questions about it: the points of a series are read once. */
    public FactorBook during(Instant from, Instant to) {
        Map<String, Optional<NavigableMap<Long, IntensityPoint>>> read = new HashMap<>();
        return (id, moment) -> {
            Optional<NavigableMap<Long, IntensityPoint>> points =
                    read.computeIfAbsent(id, series -> Feed.of(series).map(_ -> points(series, from, to)));
            return points.isEmpty()
                    ? factors.at(id, moment)
                    : Optional.ofNullable(points.get().floorEntry(moment.toEpochMilli()))
                            .flatMap(point -> point.getValue().asOf(id, moment));
        };
    }

    private NavigableMap<Long, IntensityPoint> points(String series, Instant from, Instant to) {
        long earliest = Math.max(0, from.minus(IntensityPoint.LONGEST_REACH).toEpochMilli());
        NavigableMap<Long, IntensityPoint> points = new TreeMap<>();
        try (KeyValueIterator<Bytes, byte[]> stored =
                store.range(pointKey(series, earliest), pointKey(series, to.toEpochMilli()))) {
            stored.forEachRemaining(entry -> {
                IntensityPoint point = decode(StateException.read(STORE, entry.value, SeriesPoint::parseFrom));
                points.put(point.time().toEpochMilli(), point);
            });
        }
        return points;
    }

    /** Deletes the points that don't reach a moment. */
    public void purge(long beforeMillis) {
        long last = beforeMillis - IntensityPoint.LONGEST_REACH.toMillis() - 1;
        if (last < 0) {
            return;
        }
        for (String series : pointsSince.names()) {
            if (pointsSince.millis(series) > last) {
                continue;
            }
            List<Bytes> old = new ArrayList<>();
            try (KeyValueIterator<Bytes, byte[]> points =
                    store.range(pointKey(series, pointsSince.millis(series)), pointKey(series, last))) {
                points.forEachRemaining(entry -> old.add(entry.key));
            }
            old.forEach(store::delete);
            pointsSince.begin(series, last + 1);
        }
    }

    public static PublishedFactor encode(EmissionFactor factor) {
        return PublishedFactor.newBuilder()
                .setVersion(factor.version())
                .setSource(factor.source())
                .setMicrogramsPerKwh(factor.microgramsPerKilowattHour())
                .setValidFromMs(factor.validFrom().toEpochMilli())
                .setValidToMs(factor.validTo().toEpochMilli())
                .build();
    }

    public static SeriesPoint encode(IntensityPoint point) {
        return SeriesPoint.newBuilder()
                .setTimeMs(point.time().toEpochMilli())
                .setPeriodMs(point.period().toMillis())
                .setUpdatedMs(point.updated().toEpochMilli())
                .setEstimated(point.estimated())
                .setMicrogramsPerKwh(point.microgramsPerKilowattHour())
                .build();
    }

    private static IntensityPoint decode(SeriesPoint point) {
        return new IntensityPoint(
                Instant.ofEpochMilli(point.getTimeMs()),
                Duration.ofMillis(point.getPeriodMs()),
                Instant.ofEpochMilli(point.getUpdatedMs()),
                point.getEstimated(),
                point.getMicrogramsPerKwh());
    }

    private static Change change(String id, PublishedFactor factor) {
        return new Change(id, factor.getValidFromMs(), factor.getValidToMs());
    }

    private Factors withPublished() {
        List<EmissionFactor> published = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> versions = all(VERSION)) {
            while (versions.hasNext()) {
                KeyValue<Bytes, byte[]> entry = versions.next();
                PublishedFactor factor = StateException.read(STORE, entry.value, PublishedFactor::parseFrom);
                byte[] key = entry.key.get();
                int idLength = key.length - 2 - factor.getVersion().length();
                published.add(new EmissionFactor(
                        new String(key, 1, idLength, StandardCharsets.UTF_8),
                        factor.getVersion(),
                        factor.getSource(),
                        factor.getMicrogramsPerKwh(),
                        Instant.ofEpochMilli(factor.getValidFromMs()),
                        Instant.ofEpochMilli(factor.getValidToMs())));
            }
        }
        return shipped.plus(published);
    }

    private KeyValueIterator<Bytes, byte[]> all(byte kind) {
        return store.range(Bytes.wrap(new byte[] {kind}), Bytes.wrap(new byte[] {(byte) (kind + 1)}));
    }

    private static Bytes pointKey(String series, long timeMillis) {
        return key(
                POINT,
                series,
                ByteBuffer.allocate(Long.BYTES).putLong(timeMillis).array());
    }

    private static Bytes key(byte kind, String id, byte[] rest) {
        byte[] name = id.getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(ByteBuffer.allocate(2 + name.length + rest.length)
                .put(kind)
                .put(name)
                .put((byte) 0)
                .put(rest)
                .array());
    }
}
