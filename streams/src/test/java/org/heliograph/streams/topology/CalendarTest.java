package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conservation through the topology, on the days on which a calendar is unlike the others. */
class CalendarTest {
    private static final long WH = 3_600_000L;
    private static final List<ToLongFunction<SiteWindow>> SUMS = List.of(
            SiteWindow::getEnergyDcMj,
            SiteWindow::getEnergyItMj,
            SiteWindow::getEnergyPvMj,
            SiteWindow::getEnergySelfMj,
            SiteWindow::getCo2AvoidedUg,
            SiteWindow::getCo2LocationUg);

    @TempDir
    private Path states;

    @ParameterizedTest
    @CsvSource({
        "Africa/Casablanca, 2026-02-15, PT25H", // Ramadan begins
        "Africa/Casablanca, 2026-03-22, PT23H", // and ends
        "Africa/Casablanca, 2026-03-01, PT24H", // a month begins at UTC+0 that follows one that began at UTC+1
        "Europe/Paris, 2026-03-29, PT23H",
        "Europe/Paris, 2026-10-25, PT25H",
        "Asia/Kolkata, 2026-05-01, PT24H",
        "Asia/Kathmandu, 2026-01-01, PT24H", // a year begins within a UTC hour
        "Australia/Lord_Howe, 2026-04-05, PT24H30M",
        "Australia/Lord_Howe, 2026-10-04, PT23H30M"
    })
    void minutes_add_up_to_the_hour_the_local_day_the_month_and_the_year(ZoneId zone, LocalDate date, Duration length) {
        Instant dayStart = date.atStartOfDay(zone).toInstant();
        Instant dayEnd = date.plusDays(1).atStartOfDay(zone).toInstant();
        assertThat(Duration.between(dayStart, dayEnd)).isEqualTo(length);
        Instant from = dayStart.minus(Duration.ofHours(1));
        Instant to = dayEnd.plus(Duration.ofHours(1));
        try (EngineDriver engine = new EngineDriver(states, to, yaml(zone))) {
            tell(engine, from, to, new Random(date.toEpochDay()));
            engine.advanceTwice(Duration.ofMinutes(2));
            Map<String, SiteWindow> windows = engine.windows();

            assertConserved(windows, "15m", start -> start.getEpochSecond() / 900);
            assertConserved(windows, "1h", start -> start.getEpochSecond() / 3600);
            assertConserved(windows, "1d", start -> LocalDate.ofInstant(start, zone));
            assertConserved(windows, "1mo", start -> YearMonth.from(LocalDate.ofInstant(start, zone)));
            assertConserved(
                    windows, "1y", start -> LocalDate.ofInstant(start, zone).getYear());
            SiteWindow day = engine.window("1d", dayStart);
            assertThat(day.getEndMs()).isEqualTo(dayEnd.toEpochMilli());
            assertThat(day.getCoverage()).isEqualTo(1);
            assertThat(windows.values().stream()
                            .filter(window -> window.getWindow().equals("1m"))
                            .filter(window ->
                                    LocalDate.ofInstant(start(window), zone).equals(date)))
                    .hasSize((int) length.toMinutes());
        }
    }

    private static String yaml(ZoneId zone) {
        return """
                site: test1
                zone: %s
                devices:
                  - {id: util-1, profile: utility-meter, role: grid}
                  - {id: inv-1, profile: pv-inverter, role: pv}
                  - {id: pdu-a, profile: rack-pdu, role: it}
                """.formatted(zone.getId());
    }

    /** Registers read at random moments, up to half an hour apart: the minutes between are interpolated. */
    private static void tell(EngineDriver engine, Instant from, Instant to, Random random) {
        Map<String, Sampling> devices = new HashMap<>();
        for (String device : List.of("util-1", "inv-1", "pdu-a")) {
            Sampling sampling = new Sampling();
            long millijoules = random.nextLong(1_000 * WH);
            long exportMillijoules = random.nextLong(1_000 * WH);
            for (long at = from.toEpochMilli(); at < to.toEpochMilli(); at += 60_000 + random.nextInt(1_800_000)) {
                if (device.equals("util-1")) {
                    sampling.register(Point.ENERGY_IMPORT, at, millijoules)
                            .register(Point.ENERGY_EXPORT, at, exportMillijoules);
                } else {
                    sampling.register(Point.ENERGY, at, millijoules);
                }
                millijoules += random.nextLong(900 * WH); // below what the smallest of them is rated, in a minute
                exportMillijoules += random.nextLong(100 * WH);
            }
            devices.put(device, sampling);
        }
        devices.forEach(engine::send);
    }

    /** Each window is what its minutes add up to, to the millijoule, and there is one for each name. */
    private static <N> void assertConserved(Map<String, SiteWindow> windows, String label, Function<Instant, N> name) {
        for (ToLongFunction<SiteWindow> sum : SUMS) {
            assertThat(sums(windows, label, name, sum)).as(label).isEqualTo(sums(windows, "1m", name, sum));
        }
        assertThat(windows.values().stream().filter(window -> window.getWindow().equals(label)))
                .hasSameSizeAs(sums(windows, "1m", name, SUMS.getFirst()).keySet());
    }

    private static <N> Map<N, Long> sums(
            Map<String, SiteWindow> windows, String label, Function<Instant, N> name, ToLongFunction<SiteWindow> sum) {
        Map<N, Long> sums = new HashMap<>();
        windows.values().stream()
                .filter(window -> window.getWindow().equals(label))
                .forEach(window -> sums.merge(name.apply(start(window)), sum.applyAsLong(window), Math::addExact));
        return sums;
    }

    private static Instant start(SiteWindow window) {
        return Instant.ofEpochMilli(window.getStartMs());
    }
}
