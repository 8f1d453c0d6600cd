package org.heliograph.streams.recording;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;

/**
 * The recording of a Solar-Log in 2008: two SMA inverters on a roof in Germany, each with a register that starts at zero
 * every day, every five minutes by daylight, each day newest first, in local time.
 */
public final class SolarLog {
    public static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

    /** The two inverters, as a site model's devices. */
    public static final List<String> INVERTERS = List.of("sb2100", "sb4200");

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("dd.MM.yy HH:mm:ss");
    private static final int POWER_COLUMN = 1;
    private static final int REGISTER_COLUMN = 3;
    private static final int SECOND_POWER_COLUMN = 5;
    private static final int SECOND_REGISTER_COLUMN = 8;

    private SolarLog() {}

    /** One row of one inverter. */
    public record Row(Instant time, double watts, long dayWattHours) {
        public Sampling addTo(Sampling sampling) {
            return sampling.gauge(Point.POWER, time.toEpochMilli(), watts)
                    .register(Point.ENERGY, time.toEpochMilli(), dayWattHours * Millijoules.PER_WATT_HOUR);
        }
    }

    /** The register: silent by night, so its maxGap reaches from dusk to midnight, where it starts at zero. */
    public static final String DAILY_REGISTER = "energy: {period: PT5M, maxGap: PT10H, resets: daily}";

    public static final String POWER = "power: {period: PT5M, maxGap: PT15M}";

    /** A site model in which the inverters have these points. */
    public static String site(String name, String... points) {
        return """
                site: %s
                zone: Europe/Berlin
                profiles:
                  - profile: sma-on-solar-log
                    points:
                      %s
                devices:
                  - {id: sb2100, profile: sma-on-solar-log, role: pv, rating: 2100 W}
                  - {id: sb4200, profile: sma-on-solar-log, role: pv, rating: 4200 W}
                """.formatted(name, String.join("\n      ", points));
    }

    /** All rows of one inverter as they were recorded: day after day, each of them newest first. */
    public static List<Row> rows(Path minutes, String inverter) {
        boolean isFirst = inverter.equals(INVERTERS.getFirst());
        List<Row> rows = new ArrayList<>();
        try (Stream<Path> files = Files.list(minutes)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".csv"))
                    .sorted()
                    .toList()) {
                for (String line : Recordings.lines(file)) {
                    String[] columns = line.split(",", -1);
                    rows.add(new Row(
                            instant(columns[0]),
                            Double.parseDouble(columns[isFirst ? POWER_COLUMN : SECOND_POWER_COLUMN]),
                            Long.parseLong(columns[isFirst ? REGISTER_COLUMN : SECOND_REGISTER_COLUMN])));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    /**
     * What the register says of each local day, in Wh, by rule 6 read aloud: it starts at zero; a fall from which the
     * next reading comes back is nothing; after any other it counts from zero.
     *
     * @param recorded each day newest first
     */
    public static SortedMap<LocalDate, Long> days(List<Row> recorded) {
        SortedMap<LocalDate, List<Row>> rows = new TreeMap<>();
        for (Row row : recorded.reversed()) {
            rows.computeIfAbsent(LocalDate.ofInstant(row.time(), ZONE), _ -> new ArrayList<>())
                    .add(row);
        }
        SortedMap<LocalDate, Long> days = new TreeMap<>();
        rows.forEach((day, ofDay) -> days.put(
                day, counted(ofDay.stream().mapToLong(Row::dayWattHours).toArray())));
        return days;
    }

    private static long counted(long[] register) {
        long counted = 0;
        long before = 0;
        for (int i = 0; i < register.length; i++) {
            boolean isGlitch = register[i] < before && i + 1 < register.length && register[i + 1] >= before;
            if (!isGlitch) {
                counted += register[i] >= before ? register[i] - before : register[i];
                before = register[i];
            }
        }
        return counted;
    }

    /** A local time says which moment it is but for two hours a year, which are at night. */
    private static Instant instant(String local) {
        LocalDateTime time = LocalDateTime.parse(local, TIME);
        if (ZONE.getRules().getValidOffsets(time).size() != 1) {
            throw new IllegalArgumentException(local + " is no moment, or two");
        }
        return time.atZone(ZONE).toInstant();
    }
}
