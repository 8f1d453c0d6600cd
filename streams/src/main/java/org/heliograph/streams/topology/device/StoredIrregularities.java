package org.heliograph.streams.topology.device;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.energy.Span;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.DeviceIrregularities;
import org.heliograph.telemetry.reading.Point;

/**
 * What isn't plain about the devices' registers, in the store: a record for each day of a device, so that none becomes
 * larger than Kafka takes, of whatever register over however many weeks. Which devices have any is known in memory.
 */
final class StoredIrregularities {
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    private final KeyValueStore<String, byte[]> store;
    private final Set<String> devices = new HashSet<>();

    StoredIrregularities(KeyValueStore<String, byte[]> store) {
        this.store = store;
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            all.forEachRemaining(entry -> devices.add(deviceKey(entry.key)));
        }
    }

    /**
     * Of a device.
     *
     * @param minutesMillis those in which a register's step ends that may be irregular
     * @param spans by register, in the order of time; of registers that have any
     * @param settledMillis by register: the steps that end by then are settled; kept where one of the minutes has such
     */
    record OfDevice(NavigableSet<Long> minutesMillis, Map<Point, List<Span>> spans, Map<Point, Long> settledMillis) {
        static final OfDevice NONE = new OfDevice(new TreeSet<>(), Map.of(), Map.of());

        OfDevice {
            long first = minutesMillis.isEmpty() ? Long.MAX_VALUE : minutesMillis.getFirst();
            spans = filtered(spans, of -> !of.isEmpty());
            settledMillis = filtered(settledMillis, settled -> settled > 0 && settled >= first);
        }

        private static <T> Map<Point, T> filtered(Map<Point, T> all, Predicate<T> which) {
            Map<Point, T> some = new EnumMap<>(Point.class);
            all.forEach((register, of) -> {
                if (which.test(of)) {
                    some.put(register, of);
                }
            });
            return some;
        }

        boolean isEmpty() {
            return minutesMillis.isEmpty() && spans.isEmpty();
        }
    }

    OfDevice get(String deviceKey) {
        if (!devices.contains(deviceKey)) {
            return OfDevice.NONE;
        }
        NavigableSet<Long> minutes = new TreeSet<>();
        Map<Point, List<Span>> spans = new EnumMap<>(Point.class);
        Map<Point, Long> settled = new EnumMap<>(Point.class);
        records(deviceKey).values().forEach(value -> {
            DeviceIrregularities some =
                    StateException.read(Irregularities.STORE, value, DeviceIrregularities::parseFrom);
            minutes.addAll(some.getMinuteMsList());
            StoredSpans.decode(some)
                    .forEach((register, of) -> spans.computeIfAbsent(register, _ -> new ArrayList<>())
                            .addAll(of));
            settled.putAll(StoredSpans.settledMillis(some));
        });
        spans.values().forEach(of -> of.sort(Comparator.comparingLong(Span::fromMillis)));
        return new OfDevice(minutes, spans, settled);
    }

    /** Writes those of its records that have changed. */
    void put(String deviceKey, OfDevice all) {
        Map<String, byte[]> changed = new TreeMap<>();
        byDay(all)
                .forEach((day, some) -> changed.put(
                        key(deviceKey, day),
                        StoredSpans.encode(some.minutesMillis(), some.spans(), some.settledMillis())
                                .toByteArray()));
        records(deviceKey).forEach((key, before) -> {
            byte[] after = changed.get(key);
            if (after == null) {
                store.delete(key);
            } else if (Arrays.equals(before, after)) {
                changed.remove(key);
            }
        });
        changed.forEach(store::put);
        if (all.isEmpty()) {
            devices.remove(deviceKey);
        } else {
            devices.add(deviceKey);
        }
    }

    /** Each day has what ends in it, and the first also what is settled. */
    private static Map<Long, OfDevice> byDay(OfDevice all) {
        Map<Long, OfDevice> days = new TreeMap<>();
        all.minutesMillis().forEach(minute -> day(days, minute).minutesMillis().add(minute));
        all.spans()
                .forEach((register, spans) -> spans.forEach(span -> day(days, span.toMillis())
                        .spans()
                        .computeIfAbsent(register, _ -> new ArrayList<>())
                        .add(span)));
        if (!all.settledMillis().isEmpty()) {
            day(days, all.minutesMillis().getFirst()).settledMillis().putAll(all.settledMillis());
        }
        return days;
    }

    private static OfDevice day(Map<Long, OfDevice> days, long millis) {
        return days.computeIfAbsent(
                Math.floorDiv(millis, DAY_MILLIS),
                _ -> new OfDevice(new TreeSet<>(), new EnumMap<>(Point.class), new EnumMap<>(Point.class)));
    }

    private Map<String, byte[]> records(String deviceKey) {
        Map<String, byte[]> records = new TreeMap<>();
        byte[] whole = store.get(deviceKey); // as it was kept before there were days
        if (whole != null) {
            records.put(deviceKey, whole);
        }
        try (KeyValueIterator<String, byte[]> days = store.range(deviceKey + "/", deviceKey + "/:")) { // : follows 9
            days.forEachRemaining(entry -> records.put(entry.key, entry.value));
        }
        return records;
    }

    private static String key(String deviceKey, long day) {
        return deviceKey + "/" + day;
    }

    /** {@code {site}/{device}}, of {@code {site}/{device}/{day}}. */
    private static String deviceKey(String key) {
        int day = key.indexOf('/', key.indexOf('/') + 1);
        return day < 0 ? key : key.substring(0, day);
    }
}
