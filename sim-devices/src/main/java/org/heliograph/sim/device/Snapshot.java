package org.heliograph.sim.device;

import java.util.List;
import org.heliograph.telemetry.reading.Point;

/** What a device shows at one instant. Immutable. */
public final class Snapshot {
    private final long epochSecond;
    private final List<Point> points;
    private final long[] amounts;

    /** @param amounts for each point: millijoules of a register, steps of a gauge */
    Snapshot(long epochSecond, List<Point> points, long[] amounts) {
        this.epochSecond = epochSecond;
        this.points = points;
        this.amounts = amounts;
    }

    public long epochSecond() {
        return epochSecond;
    }

    public List<Point> points() {
        return points;
    }

    /** Where the point stands in this snapshot; -1 when it isn't in it. */
    int place(Point point) {
        return points.indexOf(point);
    }

    long amount(int place) {
        return amounts[place];
    }
}
