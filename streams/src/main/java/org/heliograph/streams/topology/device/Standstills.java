package org.heliograph.streams.topology.device;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.energy.DeviceHistory;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.RegisterMeter;
import org.heliograph.streams.energy.Span;
import org.heliograph.streams.energy.StandstillHour;
import org.heliograph.streams.energy.StandstillHours;
import org.heliograph.streams.sample.Samples;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.Standstill;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Device;

/**
 * The hours in which registers stood still while power flowed: a standstill is told from rest by the minutes up to an hour
 * before and after, so each that is measured may change what is said of those. Which registers have any is known in
 * memory: most never do.
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
     * The registers that stand still, or did.
     *
     * @param changedMinutesMillis minutes that are taken for stuck now and weren't, or the other way round
     */
    record Found(Map<Point, StandstillHours> hours, Set<Long> changedMinutesMillis) {
        StandstillHours of(Point register) {
            return hours.getOrDefault(register, StandstillHours.NONE);
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
        Map<Point, StandstillHours> found = new EnumMap<>(Point.class);
        Set<Long> changed = new HashSet<>();
        for (Series series : run.series()) {
            Point register = series.point();
            boolean isKnown = hoursOfRegisters.containsKey(Keys.register(deviceKey, register));
            if (!(series instanceof Series.Register readings) || !(isKnown || standsForAMinute(readings))) {
                continue;
            }
            HoursOfRegister hours = new HoursOfRegister(Keys.register(deviceKey, register));
            for (long minute : minutesMillis) {
                hours.hold(minute, heldBack(history, register, run, spans, minute));
            }
            changed.addAll(hours.changedMinutes(register, history));
            hours.keep();
            found.put(register, hours.now());
        }
        changed.removeIf(minute -> minute < oldestMillis);
        return new Found(found, changed);
    }

    /** The hours of a register: as they are stored, and what is found now of the minutes that are looked at. */
    private final class HoursOfRegister {
        private final String registerKey;
        private final Map<Long, StandstillHour> stored = new HashMap<>();
        private final Map<Long, StandstillHour> found = new HashMap<>();

        HoursOfRegister(String registerKey) {
            this.registerKey = registerKey;
        }

        /** Read when it is asked for: hardly ever are the hours next to one. */
        private StandstillHour stored(long startMillis) {
            return stored.computeIfAbsent(startMillis, start -> hour(registerKey, start));
        }

        private StandstillHour found(long startMillis) {
            StandstillHour hour = found.get(startMillis);
            return hour == null ? stored(startMillis) : hour;
        }

        void hold(long minuteMillis, long millijoules) {
            long start = StandstillHour.startOf(minuteMillis);
            found.put(start, found(start).with(minuteMillis, millijoules));
        }

        StandstillHours now() {
            return new StandstillHours(this::found);
        }

        /** Also minutes of the hours next to those that were looked at. */
        Set<Long> changedMinutes(Point register, DeviceHistory history) {
            return StandstillHours.changedMinutes(
                    new StandstillHours(this::stored), now(), found.keySet(), register, history);
        }

        void keep() {
            found.forEach((start, hour) -> Standstills.this.keep(registerKey, start, stored(start), hour));
        }
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

    private StandstillHour hour(String registerKey, long startMillis) {
        byte[] stored = hoursOfRegisters.containsKey(registerKey) ? store.get(key(registerKey, startMillis)) : null;
        return stored == null
                ? StandstillHour.NONE
                : StandstillHour.of(
                        StateException.read(STORE, stored, Standstill::parseFrom).getMillijoulesList().stream()
                                .mapToLong(Long::longValue)
                                .toArray());
    }

    private void keep(String registerKey, long startMillis, StandstillHour before, StandstillHour after) {
        if (after.equals(before)) {
            return;
        }
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

    /** Forgets hours that say nothing any more of a minute that may be measured. */
    void purge(long oldestMillis) {
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<String, byte[]> entry = all.next();
                if (startMillis(entry.key) + StandstillHour.LENGTH_MILLIS + StandstillHours.REACH_MILLIS
                        <= oldestMillis) {
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
