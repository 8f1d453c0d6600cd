package org.heliograph.sim.plant;

/**
 * Where the sun stands, seen from a plane that faces the equator (Astronomical Almanac, low precision: 0.01 degrees).
 *
 * @param cosZenith cosine of the angle to the vertical; negative by night
 * @param cosIncidence cosine of the angle to the plane's normal
 * @param extraterrestrial irradiance on a plane facing the sun above the atmosphere, W/m2
 */
record Sun(double cosZenith, double cosIncidence, double extraterrestrial) {
    private static final double SOLAR_CONSTANT = 1361;
    private static final long J2000_EPOCH_SECOND = 946_728_000L;

    static Sun at(long epochSecond, double latitude, double longitude, double tiltDegrees) {
        double days = (epochSecond - J2000_EPOCH_SECOND) / 86_400.0;
        double anomaly = StrictMath.toRadians(357.529 + 0.98560028 * days);
        double ecliptic = StrictMath.toRadians(
                280.459 + 0.98564736 * days + 1.915 * StrictMath.sin(anomaly) + 0.020 * StrictMath.sin(2 * anomaly));
        double obliquity = StrictMath.toRadians(23.439);
        double sinEcliptic = StrictMath.sin(ecliptic);
        double ascension = StrictMath.atan2(StrictMath.cos(obliquity) * sinEcliptic, StrictMath.cos(ecliptic));
        double sinDeclination = StrictMath.sin(obliquity) * sinEcliptic;
        double cosDeclination = StrictMath.sqrt(1 - sinDeclination * sinDeclination);
        double siderealDegrees = (280.46061837 + 360.98564736629 * days) % 360;
        double cosHour = StrictMath.cos(StrictMath.toRadians(siderealDegrees + longitude) - ascension);
        double distance = 1.00014 - 0.01671 * StrictMath.cos(anomaly);

        double lat = StrictMath.toRadians(latitude);
        double tilted = StrictMath.toRadians(latitude - StrictMath.copySign(tiltDegrees, latitude));
        return new Sun(
                StrictMath.sin(lat) * sinDeclination + StrictMath.cos(lat) * cosDeclination * cosHour,
                StrictMath.sin(tilted) * sinDeclination + StrictMath.cos(tilted) * cosDeclination * cosHour,
                SOLAR_CONSTANT / (distance * distance));
    }

    /** Global horizontal irradiance under a clear sky (Haurwitz), W/m2. */
    double clearSky() {
        return cosZenith <= 0.001 ? 0 : 1098 * cosZenith * StrictMath.exp(-0.059 / cosZenith);
    }

    /** On a straight line between two moments that lie close together. */
    Sun towards(Sun next, double fraction) {
        return new Sun(
                cosZenith + (next.cosZenith - cosZenith) * fraction,
                cosIncidence + (next.cosIncidence - cosIncidence) * fraction,
                extraterrestrial);
    }
}
