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
 * @param standstills the hour of a register that contains a minute
 */
public record Evidence(Function<Point, List<Span>> spans, Standstills standstills) {

    /** How a register stood still in the hour around a minute. */
    @FunctionalInterface
    public interface Standstills {
        StandstillHour around(Point register, long minuteMillis);
    }

    /** All that there is. */
    public static Evidence of(Samples all, DeviceHistory history) {
        return new Whole(all, history, new EnumMap<>(Point.class), new HashMap<>()).evidence();
    }

    /** What was found already is kept: one evidence serves many minutes. */
    private record Whole(
            Samples all, DeviceHistory history, Map<Point, List<Span>> spans, Map<Hour, StandstillHour> hours) {
        private record Hour(Point register, long startMillis) {}

        Evidence evidence() {
            return new Evidence(this::spans, this::hour);
        }

        private List<Span> spans(Point register) {
            return spans.computeIfAbsent(register, _ -> Spans.of(all, register, history));
        }

        private StandstillHour hour(Point register, long minuteMillis) {
            return hours.computeIfAbsent(new Hour(register, StandstillHour.startOf(minuteMillis)), this::find);
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
