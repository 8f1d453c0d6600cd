package org.heliograph.streams.energy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.yaml.ConfigurationException;

/** A device with an energy register and its power, written down reading by reading: times in seconds, energies in Wh. */
final class Meter {
    static final String RATED = "rating: 6 kW";
    private static final long MINUTE_SECONDS = 60;

    private final DeviceHistory history;
    private final List<Samples> packs = new ArrayList<>();
    private String serial = "";
    private long originMillis;

    private Meter(DeviceHistory history) {
        this.history = history;
    }

    /** A meter with more fields in its device entry ({@code rating: 6 kW}) and of its register ({@code modulus: 1 MWh}). */
    static Meter with(String device, String register) {
        return entries("UTC", List.of(device), register);
    }

    static Meter rated() {
        return with(RATED, "");
    }

    /** One whose register and power are read so often. */
    static Meter every(int registerSeconds, int powerSeconds, String device) {
        return entries("UTC", List.of(device), times(registerSeconds), times(powerSeconds));
    }

    static Meter entries(String zone, List<String> entries, String register) {
        return entries(zone, entries, times(10) + comma(register), times(10));
    }

    private static String times(int seconds) {
        return "period: PT" + seconds + "S, maxGap: PT" + Math.max(180, 3 * seconds) + "S";
    }

    private static Meter entries(String zone, List<String> entries, String register, String power) {
        StringBuilder yaml = new StringBuilder("site: test1\nzone: " + zone + "\nprofiles:\n"
                + "  - profile: meter\n    points:\n      energy: {" + register + "}\n      power: {" + power
                + "}\ndevices:\n");
        entries.forEach(entry -> yaml.append("  - {id: m, profile: meter")
                .append(entry.contains("role: ") ? "" : ", role: it")
                .append(comma(entry))
                .append("}\n"));
        try {
            return new Meter(DeviceHistory.of(SiteFile.parse("site.yaml", yaml.toString()), "m"));
        } catch (ConfigurationException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String comma(String fields) {
        return fields.isEmpty() ? "" : ", " + fields;
    }

    /** Seconds count from there; from the epoch otherwise. */
    Meter around(String instant) {
        originMillis = Instant.parse(instant).toEpochMilli();
        return this;
    }

    /** From now on the device reports this serial number. */
    Meter serial(String next) {
        serial = next;
        return this;
    }

    /** Readings of the register: second, Wh, second, Wh, ... */
    Meter shows(double... secondsAndWattHours) {
        for (int i = 0; i < secondsAndWattHours.length; i += 2) {
            packs.add(Samples.of(
                    serial,
                    new Sampling()
                            .register(
                                    Point.ENERGY,
                                    originMillis + Math.round(secondsAndWattHours[i] * 1000),
                                    Math.round(secondsAndWattHours[i + 1] * Millijoules.PER_WATT_HOUR))
                            .series()));
        }
        return this;
    }

    /** Power, every ten seconds, both ends included. */
    Meter draws(long fromSecond, long toSecond, double watts) {
        for (long second = fromSecond; second <= toSecond; second += 10) {
            packs.add(Samples.of(
                    serial,
                    new Sampling()
                            .gauge(Point.POWER, originMillis + second * 1000, watts)
                            .series()));
        }
        return this;
    }

    Samples all() {
        return packs.stream().reduce(Samples.empty(), Samples::plus);
    }

    /** The same readings in another order, some of them twice. */
    Samples disordered(Random random) {
        List<Samples> arrivals = new ArrayList<>(packs);
        for (int i = 0; i < packs.size() / 4; i++) {
            arrivals.add(packs.get(random.nextInt(packs.size())));
        }
        Collections.shuffle(arrivals, random);
        return arrivals.stream().reduce(Samples.empty(), Samples::plus);
    }

    DeviceMinute minute(Samples samples, long startSecond) {
        long startMillis = originMillis + startSecond * 1000;
        Optional<Device> device = history.at(startMillis);
        return DeviceMinute.of(history, device.orElseThrow(), samples, startMillis);
    }

    DeviceMinute minute(long startSecond) {
        return minute(all(), startSecond);
    }

    DeviceHistory history() {
        return history;
    }

    /** What a whole time says, added up from its minutes. */
    record Whole(double wattHours, double coveredSeconds, Set<Flag> flags) {}

    Whole from(long startSecond, long endSecond) {
        long millijoules = 0;
        long covered = 0;
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        Samples all = all();
        for (long second = startSecond; second < endSecond; second += MINUTE_SECONDS) {
            DeviceMinute minute = minute(all, second);
            millijoules += minute.energies().getOrDefault(Point.ENERGY, 0L);
            covered += minute.coveredMillis();
            flags.addAll(minute.flags());
        }
        return new Whole(millijoules / (double) Millijoules.PER_WATT_HOUR, covered / 1000.0, flags);
    }
}
