package org.heliograph.sim.fault;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.plant.Layout;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;

/** What devices count in a time: as the ledger has it, and at most. */
record Counted(Layout layout, Ledger ledger) {
    private static final double RATING_MARGIN = 1.1;

    /** What is counted where energy goes one way, and both where it goes both. */
    static Stream<Point> registers(Role role) {
        return role == Role.GRID ? Stream.of(Point.ENERGY_IMPORT, Point.ENERGY_EXPORT) : Stream.of(Point.ENERGY);
    }

    Device device(String id) {
        return layout.devices().stream()
                .filter(device -> device.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no device " + id));
    }

    /** What the ledger has of that time. */
    long energyMillijoules(String device, Point register, Instant from, Instant to) {
        Instant start = Moments.latest(Moments.floor(from), ledger.start());
        Instant end = Moments.earliest(Moments.ceiling(to), ledger.end());
        return start.isBefore(end) ? ledger.energyMillijoules(device, register, start, end) : 0;
    }

    /** What a device can count at most in that time. */
    long mostMillijoules(String device, Duration time) {
        return (long) (RATING_MARGIN * layout.ratingWatts(device(device)) * time.toMillis());
    }
}
