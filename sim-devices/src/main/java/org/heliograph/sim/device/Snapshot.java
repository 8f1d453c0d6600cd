package org.heliograph.sim.device;

import java.util.List;
import org.heliograph.telemetry.reading.Point;

/** What a device shows at one instant. Immutable. */
public final class Snapshot {
    private final long epochSecond;
    private final String serial;
    private final List<Point> points;
    private final long[] amounts;

    /**
     * @param serial the unit's serial number; empty when it doesn't tell
     * @param amounts for each point: millijoules of a register, steps of a gauge
     */
    Snapshot(long epochSecond, String serial, List<Point> points, long[] amounts) {
        this.epochSecond = epochSecond;
        this.serial = serial;
        this.points = points;
        this.amounts = amounts;
    }

    /** What a display makes of a register's millijoules, or of a gauge's smallest steps. */
    @FunctionalInterface
    public interface Display {
        long shown(Point point, long amount);
    }

    /** By the device's own clock. */
    public long epochSecond() {
        return epochSecond;
    }

    public String serial() {
        return serial;
    }

    public List<Point> points() {
        return points;
    }

    /**
     * What a register shows.
     *
     * @throws IllegalArgumentException if there is no such register in it
     */
    public long millijoules(Point register) {
        if (!register.isRegister()) {
            throw new IllegalArgumentException(register.label() + " is not a register");
        }
        return amount(register);
    }

    /** The same by another clock, of another unit, as another display has it. */
    public Snapshot as(long otherEpochSecond, String otherSerial, Display display) {
        long[] shown = amounts.clone();
        for (int i = 0; i < shown.length; i++) {
            shown[i] = display.shown(points.get(i), amounts[i]);
        }
        return new Snapshot(otherEpochSecond, otherSerial, points, shown);
    }

    /**
     * What a point shows: millijoules of a register, smallest steps of a gauge.
     *
     * @throws IllegalArgumentException if it isn't in it
     */
    public long amount(Point point) {
        int place = place(point);
        if (place < 0) {
            throw new IllegalArgumentException("there is no " + point.label());
        }
        return amounts[place];
    }

    /** Where the point stands in this snapshot; -1 when it isn't in it. */
    int place(Point point) {
        return points.indexOf(point);
    }

    long amount(int place) {
        return amounts[place];
    }
}
