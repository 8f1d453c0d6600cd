package org.heliograph.streams.energy;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;

/**
 * What readings farther off than those next to a minute say of a device's registers in it.
 *
 * @param spans what the irregular steps of a register mean, in the order of time
 * @param standstills how a register stood still
 */
public record Evidence(Function<Point, List<Span>> spans, Function<Point, StandstillHours> standstills) {

    /** All that there is. */
    public static Evidence of(Samples all, DeviceHistory history) {
        return new Whole(all, history, new EnumMap<>(Point.class), new HashMap<>()).evidence();
    }

    /** What was found already is kept: one evidence serves many minutes. */
    private record Whole(
            Samples all, DeviceHistory history, Map<Point, List<Span>> spans, Map<Hour, StandstillHour> hours) {
        private record Hour(Point register, long startMillis) {}

        Evidence evidence() {
            return new Evidence(this::spans, this::standstills);
        }

        private List<Span> spans(Point register) {
            return spans.computeIfAbsent(register, _ -> Spans.of(all, register, history));
        }

        private StandstillHours standstills(Point register) {
            return new StandstillHours(start -> hours.computeIfAbsent(new Hour(register, start), this::find));
        }

        private StandstillHour find(Hour hour) {
            StandstillHour found = StandstillHour.NONE;
            long end = hour.startMillis() + StandstillHour.LENGTH_MILLIS;
            for (long minute = hour.startMillis(); minute < end; minute += DeviceMinute.LENGTH_MILLIS) {
                Optional<Device> device = history.at(minute);
                if (device.isPresent()) {
                    Samples around = all.around(minute, minute + DeviceMinute.LENGTH_MILLIS, RegisterMeter.CONTEXT);
                    long heldBack = DeviceMinute.heldBackMillijoules(
                            history, device.get(), hour.register(), around, spans(hour.register()), minute);
                    found = found.with(minute, heldBack);
                }
            }
            return found;
        }
    }
}
