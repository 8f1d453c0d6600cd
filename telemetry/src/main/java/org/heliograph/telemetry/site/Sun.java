package org.heliograph.telemetry.site;

import java.time.Duration;
import java.time.Instant;

/** Where the sun stands over a site, to a tenth of a degree or so for this century (Astronomical Almanac, section C). */
public final class Sun {
    /** Lower than that it stands when solar inverters that are fed by their own panels end. */
    public static final double LOW_DEGREES = 10;

    /** Lower than that it gives nothing: with what the air bends, and what a roof sees beyond a flat horizon. */
    private static final double DOWN_DEGREES = -1;

    /** No night is longer, but near the poles: there an inverter that doesn't come back has to be told of too. */
    public static final Duration LONGEST_NIGHT = Duration.ofHours(20);

    private static final double EPOCH_2000_SECONDS = 946_728_000;
    private static final double DAY_SECONDS = 86_400;
    private static final double DEGREES_AN_HOUR = 15;

    private Sun() {}

    /** Whether it is below the horizon all of a time that is short beside a day; never where nobody said where that is. */
    public static boolean isDown(SiteModel.Location location, Instant from, Instant to) {
        return !location.equals(SiteModel.Location.UNKNOWN)
                && elevation(location, from) < DOWN_DEGREES
                && elevation(location, to) < DOWN_DEGREES;
    }

    /** Degrees above the horizon; below it less than 0. */
    public static double elevation(SiteModel.Location location, Instant at) {
        double days = (at.toEpochMilli() / 1e3 - EPOCH_2000_SECONDS) / DAY_SECONDS;
        double anomaly = Math.toRadians(357.528 + 0.9856003 * days);
        double longitude =
                Math.toRadians(280.460 + 0.9856474 * days + 1.915 * Math.sin(anomaly) + 0.020 * Math.sin(2 * anomaly));
        double tilt = Math.toRadians(23.439 - 4e-7 * days);
        double ascension = Math.atan2(Math.cos(tilt) * Math.sin(longitude), Math.cos(longitude));
        double declination = Math.asin(Math.sin(tilt) * Math.sin(longitude));
        double siderealHours = 18.697374558 + 24.06570982441908 * days;
        double hour = Math.toRadians(siderealHours * DEGREES_AN_HOUR + location.longitude()) - ascension;
        double latitude = Math.toRadians(location.latitude());
        return Math.toDegrees(Math.asin(Math.sin(latitude) * Math.sin(declination)
                + Math.cos(latitude) * Math.cos(declination) * Math.cos(hour)));
    }
}
