package org.heliograph.streams.energy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.heliograph.streams.ingest.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Profile.PointSpec;

/**
 * What a register counted before the windows that can still be restated, told by a reading that comes after a silence
 * longer than those reach back. It is in no window: named, so that the register's total is accounted for.
 *
 * @param fromMillis of the last reading before the silence
 * @param toMillis where the windows begin that have the rest of the step
 */
public record CarriedEnergy(Point register, long fromMillis, long toMillis, long millijoules) {

    /** From when on windows can be restated, for a silence that began then. */
    @FunctionalInterface
    public interface Reach {
        long fromMillis(Point register, long silentSinceMillis);
    }

    /**
     * What the readings of a minute carry.
     *
     * @param context the minute's samples and, of each point, {@link RegisterMeter#CONTEXT} on each side of it
     * @param spans what the irregular steps of a register mean
     */
    public static List<CarriedEnergy> of(
            DeviceHistory history,
            Device device,
            Samples context,
            Function<Point, List<Span>> spans,
            long startMillis,
            Reach reach) {
        List<CarriedEnergy> carried = new ArrayList<>();
        for (Point register : DeviceMinute.registers(device)) {
            PointSpec spec = device.profile().points().get(register);
            RegisterTrack track = RegisterTrack.of(context, register, history).orElse(null);
            if (spec == null || track == null) {
                continue;
            }
            int first = 0;
            while (first < track.size() && track.timeMillis(first) < startMillis) {
                first++;
            }
            if (first == 0
                    || first == track.size()
                    || track.timeMillis(first) >= startMillis + DeviceMinute.LENGTH_MILLIS) {
                continue;
            }
            long from = track.timeMillis(first - 1);
            long to = reach.fromMillis(register, from);
            if (from < to && to < track.timeMillis(first) && isSilent(context, from, to)) {
                Metered before = RegisterMeter.measure(track, spans.apply(register), from, to, spec)
                        .energy();
                if (before.millijoules() != 0) {
                    carried.add(new CarriedEnergy(register, from, to, before.millijoules()));
                }
            }
        }
        return carried;
    }

    /** Where the device's power was heard, its windows have had that all along. */
    private static boolean isSilent(Samples context, long fromMillis, long toMillis) {
        Optional<Series> power = context.of(Point.POWER);
        if (power.isEmpty()) {
            return true;
        }
        for (int i = 0; i < power.get().size(); i++) {
            if (power.get().timeMillis(i) > fromMillis && power.get().timeMillis(i) < toMillis) {
                return false;
            }
        }
        return true;
    }
}
