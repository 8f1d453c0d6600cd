package org.heliograph.streams.topology.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.RegisterMeter;
import org.heliograph.streams.sample.Samples;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SampleStoreTest {
    private static final String DEVICE = "site/device";
    private static final long MINUTE = DeviceMinute.LENGTH_MILLIS;
    private static final long START = 29_000_000 * MINUTE;
    private static final Set<Point> POINTS = EnumSet.of(Point.ENERGY, Point.POWER);

    private final KeyValueStore<Bytes, byte[]> entries =
            Stores.inMemoryKeyValueStore("samples").get();
    private SampleStore store = new SampleStore(entries);
    /** All samples that there are, by minute. */
    private final NavigableMap<Long, Samples> all = new TreeMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void it_answers_as_if_all_samples_were_in_memory_whatever_is_written_released_or_started_anew(long seed) {
        Random random = new Random(seed);
        long newest = START;
        for (int step = 0; step < 300; step++) {
            switch (random.nextInt(10)) {
                case 0 -> store.write();
                case 1 -> store.release(DEVICE);
                case 2 -> {
                    store.write();
                    store = new SampleStore(entries);
                }
                case 3, 4 -> add(START + random.nextInt(200) * MINUTE, random);
                default -> {
                    newest += MINUTE * (random.nextInt(8) == 0 ? random.nextInt(30) : random.nextInt(2));
                    add(newest, random);
                }
            }
            check(START + random.nextInt(200) * MINUTE, random);
            check(newest - random.nextInt(4) * MINUTE, random);
        }
        store.write();
        assertThat(stored()).isEqualTo(all.keySet());
    }

    @Test
    void a_backlog_is_written_in_few_records() {
        Random random = new Random(1);
        for (int i = 0; i < 25; i++) {
            add(START + i * MINUTE, random);
        }
        store.write();

        assertThat(entries.approximateNumEntries())
                .as("16 minutes, 8 minutes, and the newest")
                .isEqualTo(3);
    }

    @Test
    void what_is_purged_is_gone_but_for_the_newest_of_each_point() {
        Random random = new Random(1);
        for (int i = 0; i < 100; i++) {
            add(START + i * MINUTE, random);
            if (i % 7 == 0) {
                store.write();
            }
        }
        store.purge(DEVICE, START + 90 * MINUTE, POINTS);

        NavigableMap<Long, Samples> kept = all.headMap(START + 90 * MINUTE, false);
        assertThat(store.before(DEVICE, START + 90 * MINUTE, POINTS).minutesMillis())
                .isEqualTo(neighbours(kept.descendingMap()));
        assertThat(stored()).hasSizeLessThan(10 + 2 * 16);
        assertThat(stored()).containsAll(all.tailMap(START + 90 * MINUTE).keySet());
    }

    @Test
    void a_minute_full_of_samples_is_no_larger_than_a_record_may_be() {
        for (int minute = 0; minute < 4; minute++) {
            for (Point point : Point.values()) {
                long[] times = new long[1_200];
                for (int i = 0; i < times.length; i++) {
                    times[i] = START + minute * MINUTE + i * 50L;
                }
                Series series = point.isRegister()
                        ? new Series.Register(point, times, new long[times.length])
                        : new Series.Gauge(point, times, new double[times.length]);
                store.add(DEVICE, START + minute * MINUTE, Samples.of("", List.of(series)));
            }
        }
        store.write();

        try (KeyValueIterator<Bytes, byte[]> blocks = entries.all()) {
            blocks.forEachRemaining(block -> assertThat(block.value).hasSizeLessThan(500_000));
        }
    }

    @Test
    void the_largest_minute_fits_into_a_record() {
        Random random = new Random(1);
        for (int minute = 0; minute < 4; minute++) {
            add(START + minute * MINUTE, random);
        }
        store.write(); // three of them in one block
        for (int minute = 0; minute < 4; minute++) {
            for (int unit = 0; unit < 6; unit++) {
                store.add(DEVICE, START + minute * MINUTE, crowded("unit-" + unit, START + minute * MINUTE, random));
            }
        }
        store.write();

        assertThat(stored()).hasSize(4);
        try (KeyValueIterator<Bytes, byte[]> blocks = entries.all()) {
            blocks.forEachRemaining(block -> assertThat(block.value).hasSizeLessThan(900_000));
        }
        for (int minute = 0; minute < 4; minute++) {
            long start = START + minute * MINUTE;
            assertEqual(new SampleStore(entries).minute(DEVICE, start), store.minute(DEVICE, start));
        }
    }

    /** As much as can be of every point, as hard to encode as can be. */
    private static Samples crowded(String serial, long minute, Random random) {
        List<Series> series = new ArrayList<>();
        for (Point point : Point.values()) {
            int shift = series.size() % 2; // no point has the times of the one before it
            long[] times =
                    LongStream.range(0, 1_200).map(i -> minute + i * 50 + shift).toArray();
            series.add(
                    point.isRegister()
                            ? new Series.Register(
                                    point,
                                    times,
                                    random.longs(times.length, 0, 1L << 62).toArray())
                            : new Series.Gauge(
                                    point, times, random.doubles(times.length).toArray()));
        }
        return Samples.of(serial, series);
    }

    private void add(long minute, Random random) {
        Samples added = some(minute, random);
        Samples expected = all.merge(minute, added, Samples::plus).thinned();
        all.put(minute, expected);
        assertEqual(store.add(DEVICE, minute, added), expected);
    }

    private static Samples some(long minute, Random random) {
        int size = 1 + random.nextInt(4);
        SortedSet<Long> moments = new TreeSet<>();
        while (moments.size() < size) {
            moments.add(minute + random.nextLong(MINUTE));
        }
        long[] times = moments.stream().mapToLong(Long::longValue).toArray();
        List<Series> series = new ArrayList<>();
        if (random.nextInt(4) > 0) {
            series.add(new Series.Register(
                    Point.ENERGY, times, random.longs(size, 0, 1L << 40).toArray()));
        }
        if (series.isEmpty() || random.nextBoolean()) {
            series.add(new Series.Gauge(Point.POWER, times, random.doubles(size).toArray()));
        }
        return Samples.of(random.nextInt(5) == 0 ? "serial-" + random.nextInt(2) : "", series);
    }

    private void check(long minute, Random random) {
        assertEqual(store.minute(DEVICE, minute), all.getOrDefault(minute, Samples.empty()));
        SortedSet<Long> before = neighbours(all.headMap(minute, false).descendingMap());
        SortedSet<Long> after = neighbours(all.tailMap(minute, false));
        assertThat(store.before(DEVICE, minute, POINTS).minutesMillis()).isEqualTo(before);
        assertThat(store.after(DEVICE, minute, POINTS).minutesMillis()).isEqualTo(after);
        assertThat(store.farthestBefore(DEVICE, minute, POINTS)).isEqualTo(before.isEmpty() ? minute : before.first());

        long last = minute + random.nextInt(30) * MINUTE;
        Samples around = store.around(DEVICE, minute, last, POINTS);
        Samples expected =
                Samples.joined(List.copyOf(all.values()), POINTS).around(minute, last + MINUTE, RegisterMeter.CONTEXT);
        assertEqual(around, expected);
    }

    /** The minutes, nearest first, until there are two samples of each point. */
    private static SortedSet<Long> neighbours(NavigableMap<Long, Samples> nearest) {
        SortedSet<Long> minutes = new TreeSet<>();
        for (Point point : POINTS) {
            int found = 0;
            for (var minute : nearest.entrySet()) {
                int size = minute.getValue().size(point);
                if (size > 0 && found < RegisterMeter.CONTEXT) {
                    minutes.add(minute.getKey());
                }
                found += size;
            }
        }
        return minutes;
    }

    private static void assertEqual(Samples samples, Samples expected) {
        assertThat(samples.serials()).isEqualTo(expected.serials());
        for (String serial : expected.serials()) {
            assertThat(List.copyOf(samples.series(serial))).isEqualTo(List.copyOf(expected.series(serial)));
        }
    }

    private Set<Long> stored() {
        Set<Long> minutes = new TreeSet<>();
        try (KeyValueIterator<Bytes, byte[]> blocks = entries.all()) {
            while (blocks.hasNext()) {
                KeyValue<Bytes, byte[]> block = blocks.next();
                for (long minute : SampleBlock.decode(block.value, Keys.minuteMillis(block.key))
                        .keySet()) {
                    assertThat(minutes.add(minute)).as("in one block only").isTrue();
                }
            }
        }
        return minutes;
    }
}
