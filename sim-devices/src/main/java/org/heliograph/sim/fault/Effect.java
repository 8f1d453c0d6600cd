package org.heliograph.sim.fault;

import java.time.Instant;
import org.heliograph.telemetry.site.Role;

/**
 * What a fault does to the figures of its device's minutes from {@code from} to {@code to}.
 *
 * @param from a whole minute; so is {@code to}
 * @param isMarked whether whoever makes figures of these minutes can notice, and has to say so
 * @param mayExceed whether the figure may be above the truth
 * @param expected in words
 * @param truthMillijoules what the device really counted in that time; of the utility meter its import less its export
 */
public record Effect(
        Fault fault,
        Role role,
        Outcome outcome,
        Instant from,
        Instant to,
        boolean isMarked,
        boolean mayExceed,
        String expected,
        long truthMillijoules) {

    boolean overlaps(Instant start, Instant end) {
        return from.isBefore(end) && start.isBefore(to);
    }

    boolean isWithin(Instant start, Instant end) {
        return !from.isBefore(start) && !to.isAfter(end);
    }
}
