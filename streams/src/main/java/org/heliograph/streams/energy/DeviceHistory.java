package org.heliograph.streams.energy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Profile.PointSpec;
import org.heliograph.telemetry.site.SiteModel;

/**
 * What a device is and was: its entries in the site model.
 *
 * @param entries do not overlap in time
 * @param zone where its days begin
 */
public record DeviceHistory(List<Device> entries, ZoneId zone) {
    /** A step that implies more than this share of the rating is not believed (domain rule 6). */
    private static final double RATING_MARGIN = 1.1;

    /**
     * Every class of meters counts from this share of its rating on: the starting current of class 2, the least sensitive
     * (IEC 62053-21).
     */
    private static final double STARTING_SHARE = 0.005;

    /** The same, of a device without a rating of its own: that of 11 kW, 16 A in three phases. */
    private static final double USUAL_STARTING_WATTS = 55;

    /**
     * More than the power of any device without a rating: 100 MW. It bounds what a broken device can book, so that a
     * day's sums stay within a long.
     */
    private static final double MOST_WATTS = 1e8;

    public DeviceHistory {
        entries = List.copyOf(entries);
    }

    public static DeviceHistory of(SiteModel site, String device) {
        return new DeviceHistory(site.history(device), site.zone());
    }

    public Optional<Device> at(long millis) {
        Instant moment = Instant.ofEpochMilli(millis);
        for (Device entry : entries) {
            if (entry.isValidAt(moment)) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    /** The serial number that the site model gives the unit of that moment. */
    String serialAt(long millis) {
        return at(millis).map(Device::serial).orElse("");
    }

    /** Whether the model gives the device any serial number at all. */
    boolean hasSerials() {
        for (Device entry : entries) {
            if (!entry.serial().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** What is plausible for a register's step that ends then; empty where the device has no such register. */
    Optional<StepRules> stepRules(Point register, long millis) {
        Optional<Device> device = at(millis).or(() -> entries.stream().findFirst());
        return device.flatMap(entry ->
                Optional.ofNullable(entry.profile().points().get(register)).map(spec -> stepRules(entry, spec)));
    }

    StepRules stepRules(Device device, PointSpec register) {
        long powerPeriodMillis =
                power(device).map(power -> power.period().toMillis()).orElse(0L);
        return new StepRules(register, maxWatts(device), device.rating().isPresent(), zone, powerPeriodMillis);
    }

    /** A power beyond this, in either direction, is not believed. */
    public static double maxWatts(Device device) {
        return device.ratedPower().map(rating -> RATING_MARGIN * rating.value()).orElse(MOST_WATTS);
    }

    /** Below this power a meter of the device's rating may stand still. A profile's bound says nothing of a device's meter. */
    static double startingWatts(Device device) {
        return device.rating().map(rating -> STARTING_SHARE * rating.value()).orElse(USUAL_STARTING_WATTS);
    }

    static Optional<PointSpec> power(Device device) {
        return Optional.ofNullable(device.profile().points().get(Point.POWER));
    }
}
