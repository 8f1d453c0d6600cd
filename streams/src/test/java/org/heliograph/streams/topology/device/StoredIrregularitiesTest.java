package org.heliograph.streams.topology.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.heliograph.streams.energy.Flag;
import org.heliograph.streams.energy.Span;
import org.heliograph.streams.topology.device.StoredIrregularities.OfDevice;
import org.heliograph.telemetry.reading.Point;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StoredIrregularitiesTest {
    private static final long START = Instant.parse("2026-06-15T00:00:00Z").toEpochMilli();
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();
    private static final int KAFKA_TAKES = 1 << 20;

    private final KeyValueStore<String, byte[]> store = Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(Irregularities.STORE), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled()
            .build();

    @BeforeEach
    void open() {
        store.init(new MockProcessorContext<String, byte[]>().getStateStoreContext(), store);
    }

    /** Three spans in each minute of two registers: no register has more, whatever it shows. */
    private static OfDevice irregularFor(int minutes) {
        NavigableSet<Long> ends = new TreeSet<>();
        Map<Point, List<Span>> spans = new EnumMap<>(Point.class);
        for (int i = 0; i < minutes; i++) {
            long start = START + i * MINUTE;
            ends.add(start);
            for (Point register : List.of(Point.ENERGY_CHARGE, Point.ENERGY_DISCHARGE)) {
                for (int part = 0; part < 3; part++) {
                    spans.computeIfAbsent(register, _ -> new ArrayList<>())
                            .add(new Span(
                                    start + part * 20_000L,
                                    start + part * 20_000L + 20_000,
                                    Integer.MAX_VALUE,
                                    true,
                                    Set.of(Flag.INTERPOLATED, Flag.ROLLOVER)));
                }
            }
        }
        return new OfDevice(ends, spans, Map.of(Point.ENERGY_CHARGE, START + 5));
    }

    private List<Integer> sizes() {
        List<Integer> sizes = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            all.forEachRemaining(entry -> sizes.add(entry.key.length() + entry.value.length));
        }
        return sizes;
    }

    @Test
    void no_record_grows_with_the_weeks_that_are_kept() {
        OfDevice weeks = irregularFor(35 * 24 * 60);
        new StoredIrregularities(store).put("casa1/bat-1", weeks);

        assertThat(sizes()).hasSizeBetween(35, 36).allMatch(bytes -> bytes < KAFKA_TAKES);
        assertThat(new StoredIrregularities(store).get("casa1/bat-1")).isEqualTo(weeks);
    }

    @Test
    void each_device_has_its_own_and_what_is_forgotten_leaves_nothing() {
        StoredIrregularities stored = new StoredIrregularities(store);
        for (String device : List.of("casa1/a", "casa1/a-1", "casa1/a0", "casa1/a.b")) {
            stored.put(device, irregularFor(3_000));
        }
        stored.put("casa1/a", OfDevice.NONE);

        assertThat(stored.get("casa1/a")).isEqualTo(OfDevice.NONE);
        StoredIrregularities started = new StoredIrregularities(store);
        for (String device : List.of("casa1/a-1", "casa1/a0", "casa1/a.b")) {
            assertThat(started.get(device)).as(device).isEqualTo(irregularFor(3_000));
            started.put(device, OfDevice.NONE);
        }
        assertThat(sizes()).isEmpty();
    }

    @Test
    void what_was_kept_in_one_record_is_read_and_kept_by_day_from_then_on() {
        OfDevice some = irregularFor(3_000);
        byte[] whole = StoredSpans.encode(some.minutesMillis(), some.spans(), some.settledMillis())
                .toByteArray();
        store.put("casa1/a", whole);
        store.put("casa1/a0", whole);
        StoredIrregularities stored = new StoredIrregularities(store);
        assertThat(stored.get("casa1/a")).isEqualTo(some);

        OfDevice more = irregularFor(3_001);
        stored.put("casa1/a", more);
        assertThat(store.get("casa1/a")).isNull();
        assertThat(stored.get("casa1/a")).isEqualTo(more);
        assertThat(store.get("casa1/a0")).as("another device's").isEqualTo(whole);
    }
}
