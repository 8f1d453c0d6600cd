package org.heliograph.streams.energy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Profile.PointSpec;

/**
 * Energy that is in no window. A reading that ends a silence, or a standstill, tells what the register counted since that
 * began. The part from before the oldest window that can still be restated is carried: it is named, so that the register's
 * total is accounted for.
 *
 * @param fromMillis of the last reading before the silence, the first of the standstill
 * @param toMillis where the windows begin that have the rest of the step
 */
public record CarriedEnergy(Point register, long fromMillis, long toMillis, long millijoules) {

    /** From when on windows have what was counted over a silence, or a standstill, that began then. */
    @FunctionalInterface
    public interface Reach {
        /** Before that moment, if they have all of it. */
        long fromMillis(Point register, long sinceMillis);
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
            for (int i = 1; i < track.size(); i++) {
                if (track.timeMillis(i) >= startMillis
                        && track.timeMillis(i) < startMillis + DeviceMinute.LENGTH_MILLIS) {
                    List<Span> irregular = spans.apply(register);
                    long from = sinceMillis(track, i, irregular);
                    long to = reach.fromMillis(register, from);
                    if (from < to && to < track.timeMillis(i)) {
                        Metered before = RegisterMeter.measure(
                                        track, irregular, from, to, spec, RegisterMeter.Rests.NONE)
                                .energy();
                        if (before.millijoules() != 0) {
                            carried.add(new CarriedEnergy(register, from, to, before.millijoules()));
                        }
                    }
                }
            }
        }
        return carried;
    }

    /** From when on reading i tells what was counted: the one before it, or where the irregular stretch began that it ends. */
    private static long sinceMillis(RegisterTrack track, int i, List<Span> spans) {
        long millis = track.timeMillis(i);
        for (Span span : spans) {
            if (span.fromMillis() < millis && span.toMillis() >= millis) {
                return span.toMillis() == millis ? span.fromMillis() : millis; // within one, it tells nothing yet
            }
        }
        return track.timeMillis(i - 1);
    }
}
