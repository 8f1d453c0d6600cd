package org.heliograph.streams.topology.device;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.heliograph.streams.energy.DeviceHistory;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.Irregularity;
import org.heliograph.streams.energy.RegisterMeter;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;
import org.jspecify.annotations.Nullable;

/**
 * The irregular steps of the devices' registers, remembered in memory by the minute in which they end, so that a device
 * that has thousands isn't looked at anew, all of it, for each minute that is measured. Whatever they were found from is
 * in the stores, so that those beyond {@link #MOST_STEPS} can be looked for each time: slower, but no device that shows
 * nonsense every second fills the memory.
 */
final class KnownSteps {
    /** At most this many steps are remembered: about 15 MB. */
    static final int MOST_STEPS = 65_536;

    private final Map<String, OfDevice> devices = new HashMap<>();
    private int rememberedSteps;

    /**
     * The steps of a minute.
     *
     * @param isDecidedByPower whether power that comes late may make a step irregular, or plain again
     * @param fromMillis no sample before it decides about them
     * @param toMillis no sample after it decides about them
     */
    record OfMinute(List<Irregularity> steps, boolean isDecidedByPower, long fromMillis, long toMillis) {

        /**
         * Steps and what they were found from.
         *
         * @param samples of all minutes from {@code sinceMillis} to {@code minuteMillis} and, of each point,
         *     {@link RegisterMeter#CONTEXT} on each side, where there are so many
         */
        static OfMinute of(
                List<Irregularity> steps,
                boolean isDecidedByPower,
                Samples samples,
                Set<Point> points,
                long sinceMillis,
                long minuteMillis) {
            long from = sinceMillis;
            long to = minuteMillis + DeviceMinute.LENGTH_MILLIS;
            for (Point point : points) {
                Series series = samples.of(point).orElse(null);
                int size = series == null ? 0 : series.size();
                if (series == null || size < RegisterMeter.CONTEXT) {
                    return new OfMinute(steps, isDecidedByPower, 0, Long.MAX_VALUE);
                }
                boolean isWholeBefore = series.timeMillis(RegisterMeter.CONTEXT - 1) < sinceMillis;
                boolean isWholeAfter =
                        series.timeMillis(size - RegisterMeter.CONTEXT) >= minuteMillis + DeviceMinute.LENGTH_MILLIS;
                from = isWholeBefore ? Math.min(from, series.timeMillis(0)) : 0;
                to = isWholeAfter ? Math.max(to, series.timeMillis(size - 1)) : Long.MAX_VALUE;
            }
            return new OfMinute(steps, isDecidedByPower, from, to);
        }

        /** Whether it is to be looked at again when samples around it change, however far they are. */
        boolean isToBeRemembered() {
            return isDecidedByPower || !steps.isEmpty();
        }

        boolean dependsOnAny(NavigableSet<Long> minutesMillis) {
            Long first = minutesMillis.ceiling(DeviceMinute.startOf(fromMillis));
            return first != null && first <= toMillis;
        }
    }

    private record OfDevice(
            DeviceHistory history, Set<Point> points, Map<Point, NavigableMap<Long, OfMinute>> registers) {}

    /**
     * A minute's steps, as known or looked for.
     *
     * @param changedMillis minutes whose samples may have changed since they were looked for
     * @param points the points that decide about them
     */
    OfMinute minute(
            String deviceKey,
            DeviceHistory history,
            Set<Point> points,
            Point register,
            long minuteMillis,
            NavigableSet<Long> changedMillis,
            LongFunction<OfMinute> look) {
        OfDevice device = devices.get(deviceKey);
        if (device == null
                || !device.history().equals(history)
                || !device.points().equals(points)) {
            keepOnly(deviceKey, Set.of());
            device = new OfDevice(history, Set.copyOf(points), new EnumMap<>(Point.class));
            devices.put(deviceKey, device);
        }
        NavigableMap<Long, OfMinute> minutes = device.registers().computeIfAbsent(register, _ -> new TreeMap<>());
        OfMinute known = minutes.get(minuteMillis);
        if (known == null || known.dependsOnAny(changedMillis)) {
            forget(minutes.remove(minuteMillis));
            known = look.apply(minuteMillis);
            if (rememberedSteps + known.steps().size() <= MOST_STEPS) {
                rememberedSteps += known.steps().size();
                minutes.put(minuteMillis, known);
            }
        }
        return known;
    }

    int rememberedSteps() {
        return rememberedSteps;
    }

    /** Forgets all minutes of a device but some. */
    void keepOnly(String deviceKey, Set<Long> minutesMillis) {
        OfDevice device = minutesMillis.isEmpty() ? devices.remove(deviceKey) : devices.get(deviceKey);
        if (device == null) {
            return;
        }
        for (NavigableMap<Long, OfMinute> minutes : device.registers().values()) {
            minutes.entrySet().removeIf(minute -> {
                boolean isToGo = !minutesMillis.contains(minute.getKey());
                forget(isToGo ? minute.getValue() : null);
                return isToGo;
            });
        }
    }

    private void forget(@Nullable OfMinute minute) {
        rememberedSteps -= minute == null ? 0 : minute.steps().size();
    }
}
