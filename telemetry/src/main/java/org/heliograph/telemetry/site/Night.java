package org.heliograph.telemetry.site;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;

/**
 * The time since a device was last heard, if it was a night: what the sun explains of its silence. Where nobody said where
 * the site is, the sun explains nothing.
 *
 * @param from when the device was last heard
 * @param to now
 */
public record Night(SiteModel.Location location, Instant from, Instant to) {
    /** Share of its rating below which an inverter is about to end its day. */
    private static final double LOW_POWER = 0.02;

    /** The same of an inverter whose rating nobody said. */
    private static final double LOW_POWER_WATTS = 500;

    /** The sun may stand so much higher in the morning than when they ended, before they give more than nothing. */
    private static final double MORNING_DEGREES = 1;

    /** How often a time is looked at to see whether the sun was up in it. */
    private static final Duration STEP = Duration.ofMinutes(30);

    /**
     * Whether a device is a solar inverter that sleeps: when it fell silent it gave next to nothing, as far as it says, and
     * the sun was low, and hasn't been up since. On a cloudy morning, or a roof to the west, it comes back later than it
     * went: nobody misses it before the sun is up.
     *
     * @param watts what it gave last, if it says so
     */
    public boolean isSleptThrough(Device device, OptionalDouble watts) {
        double low =
                device.ratedPower().map(rating -> LOW_POWER * rating.value()).orElse(LOW_POWER_WATTS);
        return device.role() == Role.PV
                && Duration.between(from, to).compareTo(Sun.LONGEST_NIGHT) <= 0
                && (watts.isEmpty() || Math.abs(watts.getAsDouble()) <= low)
                && isLowThroughout(Sun.LOW_DEGREES);
    }

    /** Whether a solar inverter that slept through it gives nothing still. */
    public boolean isWithoutSun() {
        return isLowThroughout(MORNING_DEGREES);
    }

    /**
     * Whether the sun was low when it began, and at no time since then higher; below the horizon it may be anywhere.
     *
     * @param moreDegrees that it may stand higher than at that moment
     */
    private boolean isLowThroughout(double moreDegrees) {
        if (location.equals(SiteModel.Location.UNKNOWN)) {
            return false;
        }
        double most = Math.min(Math.max(0, Sun.elevation(location, from)) + moreDegrees, Sun.LOW_DEGREES);
        for (Instant at = from; at.isBefore(to); at = at.plus(STEP)) {
            if (Sun.elevation(location, at) > most) {
                return false;
            }
        }
        return Sun.elevation(location, to) <= most;
    }
}
