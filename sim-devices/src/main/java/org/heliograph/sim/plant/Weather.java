package org.heliograph.sim.plant;

import java.time.Instant;
import java.time.ZoneId;
import org.heliograph.telemetry.site.SiteModel;

/** The weather over the site, second by second. Remembers the day and the minute it was asked for last; nothing else. */
final class Weather {
    private static final double TILT_DEGREES = 30;
    private static final double SKY_VIEW = (1 + StrictMath.cos(StrictMath.toRadians(TILT_DEGREES))) / 2;
    private static final double HORIZON_VIEW =
            StrictMath.pow(StrictMath.sin(StrictMath.toRadians(TILT_DEGREES / 2)), 3);
    /** A light flat roof. */
    private static final double ALBEDO = 0.3;

    private static final double DAY_SECONDS = 86_400;
    private static final double YEAR_SECONDS = 365.2425 * DAY_SECONDS;
    private static final double HOTTEST_OF_YEAR_SECONDS = 222 * DAY_SECONDS;
    private static final double HOTTEST_OF_DAY_SECONDS = 14.5 * 3600;

    private final ZoneId zone;
    private final SiteModel.Location location;
    private final Noise clouds;
    private final Noise warmth;
    private final Noise breeze;

    private CloudyDay day;
    private long minute = Long.MIN_VALUE;
    private Sun sun = new Sun(0, 0, 0);
    private Sun nextSun = new Sun(0, 0, 0);

    /**
     * @param irradiance on the panels, W/m2
     * @param ambient Celsius
     * @param wind m/s
     */
    record Conditions(double irradiance, double ambient, double wind) {}

    Weather(SiteModel model, Noise noise) {
        zone = model.zone();
        location = model.location();
        clouds = noise.channel(1);
        warmth = noise.channel(2);
        breeze = noise.channel(3);
        day = CloudyDay.of(Instant.EPOCH.atZone(zone).toLocalDate(), zone, clouds);
    }

    Conditions at(long epochSecond) {
        double solarDay = StrictMath.cos(2
                * StrictMath.PI
                * (epochSecond + location.longitude() / 360 * DAY_SECONDS - HOTTEST_OF_DAY_SECONDS)
                / DAY_SECONDS);
        double wind = Math.max(0.3, 4 + 1.2 * solarDay + 1.5 * breeze.wander(epochSecond, 1800));
        return new Conditions(irradiance(epochSecond), ambient(epochSecond, solarDay), wind);
    }

    private double ambient(long epochSecond, double solarDay) {
        double season = StrictMath.cos(2 * StrictMath.PI * (epochSecond - HOTTEST_OF_YEAR_SECONDS) / YEAR_SECONDS);
        return 18.2 + 5 * season + 3.8 * solarDay + 1.8 * warmth.wander(epochSecond, 2 * 86_400);
    }

    /** Beam, diffuse (Erbs; brighter around the sun and at the horizon: Reindl) and reflected light on the tilted panels. */
    private double irradiance(long epochSecond) {
        Sun now = sun(epochSecond);
        double clear = now.clearSky();
        if (clear <= 0) {
            return 0;
        }
        double above = now.extraterrestrial() * now.cosZenith();
        double global = clear * day(epochSecond).clearSkyIndex(epochSecond);
        double diffuse = global * diffuseFraction(global / above);
        double tilt = Math.clamp(now.cosIncidence() / Math.max(0.06, now.cosZenith()), 0.0, 4.0);
        double circumsolar = Math.clamp((global - diffuse) / above, 0.0, 1.0);
        double horizon = 1 + Math.sqrt((global - diffuse) / global) * HORIZON_VIEW;
        return (global - diffuse) * tilt
                + diffuse * (circumsolar * tilt + (1 - circumsolar) * SKY_VIEW * horizon)
                + global * ALBEDO * (1 - SKY_VIEW);
    }

    private static double diffuseFraction(double clearness) {
        double kt = Math.clamp(clearness, 0.0, 1.0);
        if (kt <= 0.22) {
            return 1 - 0.09 * kt;
        }
        return kt > 0.8 ? 0.165 : 0.9511 + kt * (-0.1604 + kt * (4.388 + kt * (-16.638 + kt * 12.336)));
    }

    private Sun sun(long epochSecond) {
        long asked = Math.floorDiv(epochSecond, 60L);
        if (asked != minute) {
            sun = asked == minute + 1 ? nextSun : sunOfMinute(asked);
            nextSun = sunOfMinute(asked + 1);
            minute = asked;
        }
        return sun.towards(nextSun, Math.floorMod(epochSecond, 60L) / 60.0);
    }

    private Sun sunOfMinute(long epochMinute) {
        return Sun.at(epochMinute * 60, location.latitude(), location.longitude(), TILT_DEGREES);
    }

    private CloudyDay day(long epochSecond) {
        if (!day.contains(epochSecond)) {
            day = CloudyDay.of(Instant.ofEpochSecond(epochSecond).atZone(zone).toLocalDate(), zone, clouds);
        }
        return day;
    }
}
