package org.heliograph.streams.topology.device;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.energy.CarriedEnergy;
import org.heliograph.streams.energy.DeviceHistory;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.Span;
import org.heliograph.streams.sample.Samples;
import org.heliograph.streams.topology.samples.SampleStore;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Device;
import org.jspecify.annotations.Nullable;

/**
 * For each long silence or standstill of a register, from when on windows have the energy that was counted over it. Kept
 * from when the reading that ended it is first measured, because that reading may be measured again later, when less can
 * be restated: what was carried at the first time stays out of all windows, and the rest stays in its windows.
 */
public final class LongSilences {
    public static final String STORE = "silences";

    /** The reading that ended a silence is within the reach of windows from where they began then. */
    private static final long KEPT_MILLIS = EngineSettings.REACH.toMillis();

    /** All of a shorter one can be restated for as long as a late reading can have it measured again. */
    private static final long SHORTEST_MILLIS = EngineSettings.MARGIN.toMillis();

    /** More than that are there only of a register whose readings come in an order that is made to have many. */
    private static final int MOST_OF_REGISTER = 64;

    private final KeyValueStore<String, byte[]> store;
    private final SampleStore samples;

    LongSilences(KeyValueStore<String, byte[]> store, SampleStore samples) {
        this.store = store;
        this.samples = samples;
    }

    /**
     * Looks for silences and standstills that touch minutes which are about to be measured.
     *
     * @param run the samples of the minutes and around them
     * @param spans what the irregular steps of a register mean
     * @param minutesMillis the minutes; after a silence the first is the first that has anything of the step over it
     * @param oldestMillis the start of the oldest window that can be restated
     */
    void note(
            String deviceKey,
            Device device,
            Samples run,
            Function<Point, List<Span>> spans,
            List<Long> minutesMillis,
            long oldestMillis) {
        long first = minutesMillis.getFirst();
        long end = minutesMillis.getLast() + DeviceMinute.LENGTH_MILLIS;
        for (Point register : DeviceMinute.registers(device)) {
            Series readings = run.of(register).orElse(null);
            if (readings == null) {
                continue;
            }
            for (int i = 1; i < readings.size(); i++) {
                long since = readings.timeMillis(i - 1);
                long until = readings.timeMillis(i);
                if (until - since > SHORTEST_MILLIS && since < end && until >= first) {
                    note(deviceKey, device, register, since, since < oldestMillis ? first : since);
                }
            }
            for (Span span : spans.apply(register)) {
                long since = span.fromMillis();
                long until = span.toMillis();
                if (until - since > SHORTEST_MILLIS && since < end && until >= first) {
                    note(
                            deviceKey,
                            device,
                            register,
                            since,
                            since < oldestMillis ? Math.min(first, oldestMillis) : since);
                }
            }
        }
    }

    private void note(String deviceKey, Device device, Point register, long sinceMillis, long reachMillis) {
        Map<Long, Long> known = known(deviceKey, register);
        if (known.containsKey(sinceMillis)) {
            return;
        }
        boolean isInWindows = reachMillis <= sinceMillis
                || (!DeviceMinute.isBeside(device, register) && isPowerHeard(deviceKey, sinceMillis, reachMillis));
        known.put(sinceMillis, isInWindows ? sinceMillis : reachMillis);
        if (known.size() > MOST_OF_REGISTER) {
            known.remove(known.keySet().iterator().next());
        }
        keep(Keys.register(deviceKey, register), known);
    }

    /** Where the device's power was heard, its windows have had that all along. The newest before a moment is kept. */
    private boolean isPowerHeard(String deviceKey, long fromMillis, long toMillis) {
        return samples.before(deviceKey, toMillis, Set.of(Point.POWER))
                .samples()
                .of(Point.POWER)
                .filter(power -> power.timeMillis(power.size() - 1) > fromMillis)
                .isPresent();
    }

    /**
     * What a minute's readings carry.
     *
     * @param context of the minute, with its neighbours
     */
    List<CarriedEnergy> carried(
            String deviceKey,
            DeviceHistory history,
            Device device,
            Samples context,
            Function<Point, List<Span>> spans,
            long minuteMillis) {
        Map<Point, Map<Long, Long>> known = new EnumMap<>(Point.class);
        return CarriedEnergy.of(
                history,
                device,
                context,
                spans,
                minuteMillis,
                (register, since) -> known.computeIfAbsent(register, point -> known(deviceKey, point))
                        .getOrDefault(since, Long.MIN_VALUE));
    }

    /** From when on windows have it, by when it began; in the order in which they were noted. */
    private Map<Long, Long> known(String deviceKey, Point register) {
        return decoded(store.get(Keys.register(deviceKey, register)));
    }

    private static Map<Long, Long> decoded(byte @Nullable [] stored) {
        Map<Long, Long> known = new LinkedHashMap<>();
        if (stored != null) {
            ByteBuffer buffer = ByteBuffer.wrap(stored);
            while (buffer.hasRemaining()) {
                known.put(buffer.getLong(), buffer.getLong());
            }
        }
        return known;
    }

    private void keep(String key, Map<Long, Long> known) {
        if (known.isEmpty()) {
            store.delete(key);
            return;
        }
        ByteBuffer buffer = ByteBuffer.allocate(known.size() * 2 * Long.BYTES);
        known.forEach((since, reach) -> buffer.putLong(since).putLong(reach));
        store.put(key, buffer.array());
    }

    /** Forgets those of which the end isn't measured any more. */
    void purge(long oldestMillis) {
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            all.forEachRemaining(entry -> {
                Map<Long, Long> known = decoded(entry.value);
                if (known.values().removeIf(reach -> reach < oldestMillis - KEPT_MILLIS)) {
                    keep(entry.key, known);
                }
            });
        }
    }
}
