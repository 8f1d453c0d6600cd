package org.heliograph.streams.topology.device;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.energy.DeviceHistory;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.RegisterMeter;
import org.heliograph.streams.energy.Span;
import org.heliograph.streams.energy.StandstillHour;
import org.heliograph.streams.sample.Samples;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.Standstill;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Device;

/**
 * The hours in which registers stood still while power flowed: a standstill is told from rest by all of an hour, so each
 * minute that is measured may change what is said of the others. Which registers have any is known in memory: most never
 * do.
 */
public final class Standstills {
    public static final String STORE = "standstills";

    private final KeyValueStore<String, byte[]> store;
    private final Map<String, Integer> hoursOfRegisters = new HashMap<>();

    Standstills(KeyValueStore<String, byte[]> store) {
        this.store = store;
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            all.forEachRemaining(entry -> hoursOfRegisters.merge(registerKey(entry.key), 1, Integer::sum));
        }
    }

    /**
     * Hours that have one of the minutes that were looked at.
     *
     * @param changedMinutesMillis minutes that are taken for stuck now and weren't, or the other way round
     */
    record Found(Map<Point, Map<Long, StandstillHour>> hours, Set<Long> changedMinutesMillis) {
        StandstillHour around(Point register, long minuteMillis) {
            return hours.getOrDefault(register, Map.of())
                    .getOrDefault(StandstillHour.startOf(minuteMillis), StandstillHour.NONE);
        }
    }

    /**
     * Looks at minutes that are to be measured.
     *
     * @param run the samples of the minutes and around them
     * @param spans what the irregular steps of a register mean
     * @param oldestMillis minutes before that aren't measured any more, changed or not
     */
    Found find(
            String deviceKey,
            DeviceHistory history,
            List<Long> minutesMillis,
            Samples run,
            Function<Point, List<Span>> spans,
            long oldestMillis) {
        Map<Point, Map<Long, StandstillHour>> hours = new EnumMap<>(Point.class);
        Set<Long> changed = new HashSet<>();
        for (Series series : run.series()) {
            Point register = series.point();
            boolean isKnown = hoursOfRegisters.containsKey(Keys.register(deviceKey, register));
            if (!(series instanceof Series.Register readings) || !(isKnown || standsForAMinute(readings))) {
                continue;
            }
            Map<Long, StandstillHour> ofRegister = new HashMap<>();
            byHour(minutesMillis).forEach((start, minutes) -> {
                StandstillHour before = hour(deviceKey, register, start);
                StandstillHour after = before;
                for (long minute : minutes) {
                    after = after.with(minute, heldBack(history, register, run, spans, minute));
                }
                ofRegister.put(start, after);
                if (!after.equals(before)) {
                    keep(Keys.register(deviceKey, register), start, before, after);
                    changed.addAll(StandstillHour.changedMinutes(before, after, register, history, start));
                }
            });
            hours.put(register, ofRegister);
        }
        changed.removeIf(minute -> minute < oldestMillis);
        return new Found(hours, changed);
    }

    private static Map<Long, List<Long>> byHour(List<Long> minutesMillis) {
        return minutesMillis.stream().collect(Collectors.groupingBy(StandstillHour::startOf));
    }

    /** Whether a register shows the same over a whole minute: a quick look, since hardly any does while power flows. */
    private static boolean standsForAMinute(Series.Register readings) {
        int first = 0;
        for (int i = 1; i < readings.size(); i++) {
            if (readings.millijoules(i) != readings.millijoules(first)) {
                first = i;
            } else if (readings.timeMillis(i) - readings.timeMillis(first) >= DeviceMinute.LENGTH_MILLIS) {
                return true;
            }
        }
        return false;
    }

    private static long heldBack(
            DeviceHistory history, Point register, Samples run, Function<Point, List<Span>> spans, long minuteMillis) {
        Optional<Device> device = history.at(minuteMillis);
        if (device.isEmpty()) {
            return 0;
        }
        Samples around = run.around(minuteMillis, minuteMillis + DeviceMinute.LENGTH_MILLIS, RegisterMeter.CONTEXT);
        return DeviceMinute.heldBackMillijoules(
                history, device.get(), register, around, spans.apply(register), minuteMillis);
    }

    private StandstillHour hour(String deviceKey, Point register, long startMillis) {
        String registerKey = Keys.register(deviceKey, register);
        byte[] stored = hoursOfRegisters.containsKey(registerKey) ? store.get(key(registerKey, startMillis)) : null;
        return stored == null
                ? StandstillHour.NONE
                : StandstillHour.of(
                        StateException.read(STORE, stored, Standstill::parseFrom).getMillijoulesList().stream()
                                .mapToLong(Long::longValue)
                                .toArray());
    }

    private void keep(String registerKey, long startMillis, StandstillHour before, StandstillHour after) {
        String key = key(registerKey, startMillis);
        if (after.isEmpty()) {
            store.delete(key);
            forgetOne(registerKey);
            return;
        }
        Standstill.Builder message = Standstill.newBuilder();
        for (long millijoules : after.millijoules()) {
            message.addMillijoules(millijoules);
        }
        store.put(key, message.build().toByteArray());
        if (before.isEmpty()) {
            hoursOfRegisters.merge(registerKey, 1, Integer::sum);
        }
    }

    private void forgetOne(String registerKey) {
        hoursOfRegisters.computeIfPresent(registerKey, (_, hours) -> hours > 1 ? hours - 1 : null);
    }

    /** Forgets hours of which no minute is measured any more. */
    void purge(long oldestMillis) {
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<String, byte[]> entry = all.next();
                if (startMillis(entry.key) + StandstillHour.LENGTH_MILLIS <= oldestMillis) {
                    store.delete(entry.key);
                    forgetOne(registerKey(entry.key));
                }
            }
        }
    }

    private static String key(String registerKey, long startMillis) {
        return registerKey + "/" + startMillis / StandstillHour.LENGTH_MILLIS;
    }

    private static String registerKey(String key) {
        return key.substring(0, key.lastIndexOf('/'));
    }

    private static long startMillis(String key) {
        return Long.parseLong(key.substring(key.lastIndexOf('/') + 1)) * StandstillHour.LENGTH_MILLIS;
    }
}
