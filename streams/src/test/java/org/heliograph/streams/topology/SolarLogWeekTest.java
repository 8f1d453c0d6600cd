package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.heliograph.streams.energy.DeviceHistory;
import org.heliograph.streams.energy.Evidence;
import org.heliograph.streams.energy.Flag;
import org.heliograph.streams.energy.RegisterMeter;
import org.heliograph.streams.recording.Recordings;
import org.heliograph.streams.recording.SolarLog;
import org.heliograph.streams.recording.SolarLog.Row;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A recorded week through the topology: on 1 March 2008 the larger inverter's register stood at zero until it was caught
 * up, on the 2nd the smaller one's was reset, on the 3rd the larger one's had a glitch.
 */
class SolarLogWeekTest {
    private static final LocalDate FIRST = LocalDate.of(2008, 3, 1);
    private static final String YAML = SolarLog.site(EngineDriver.SITE, SolarLog.DAILY_REGISTER, SolarLog.POWER);
    private static final long MINUTE_MILLIS = 60_000;
    private static final int PACK_ROWS = 12;
    private static final int MOST_ROWS_A_DAY = 288;

    /** When the readings of a day come: on the next morning, before its first. */
    private static final Duration MORNING = Duration.ofHours(5);

    @TempDir
    private Path states;

    private final Map<String, List<Row>> recorded = new HashMap<>();

    SolarLogWeekTest() {
        SolarLog.INVERTERS.forEach(
                inverter -> recorded.put(inverter, SolarLog.rows(Recordings.part("solarlog-2008/minutes"), inverter)));
    }

    /** In which order each day's packs come; days come one after the other, because of the late horizon. */
    enum DayReplay {
        NEWEST_FIRST,
        SHUFFLED_AND_REPEATED
    }

    @ParameterizedTest
    @CsvSource({"NEWEST_FIRST, 7", "SHUFFLED_AND_REPEATED, 3"})
    void each_day_is_what_the_registers_counted(DayReplay replay, int days) throws ConfigurationException {
        LocalDate after = FIRST.plusDays(days);
        try (EngineDriver engine = new EngineDriver(states, midnight(FIRST).plus(MORNING), YAML)) {
            for (LocalDate day = FIRST; day.isBefore(after); day = day.plusDays(1)) {
                engine.advance(Duration.between(midnight(day), midnight(day.plusDays(1))));
                List<EngineDriver.Sent> packs = packs(day, replay);
                packs.subList(0, packs.size() / 2).forEach(engine::send);
                engine.advance(Duration.ofSeconds(1));
                packs.subList(packs.size() / 2, packs.size()).forEach(engine::send);
                engine.advance(Duration.ofSeconds(1));
            }
            engine.advanceTwice(Duration.ofMinutes(2));

            assertDays(engine, after);
            assertMinutes(engine, after);
        }
    }

    private List<EngineDriver.Sent> packs(LocalDate day, DayReplay replay) {
        List<EngineDriver.Sent> packs = new ArrayList<>();
        for (int from = 0; from < MOST_ROWS_A_DAY; from += PACK_ROWS) {
            for (String inverter : SolarLog.INVERTERS) {
                Sampling sampling = new Sampling();
                rows(inverter).stream()
                        .filter(row -> day(row).equals(day))
                        .skip(from)
                        .limit(PACK_ROWS)
                        .forEach(row -> row.addTo(sampling));
                if (!sampling.isEmpty()) {
                    packs.add(EngineDriver.sent(inverter, sampling));
                }
            }
        }
        if (replay == DayReplay.SHUFFLED_AND_REPEATED) {
            packs.addAll(List.copyOf(packs.subList(0, packs.size() / 2)));
            Collections.shuffle(packs, new Random(day.toEpochDay()));
        }
        return packs;
    }

    /** The site's local days and their month, of the roof's two inverters. */
    private void assertDays(EngineDriver engine, LocalDate after) {
        long whole = 0;
        for (LocalDate day = FIRST; day.isBefore(after); day = day.plusDays(1)) {
            long wattHours = 0;
            for (List<Row> rows : recorded.values()) {
                wattHours += SolarLog.days(rows).getOrDefault(day, 0L);
            }
            assertThat(wattHours).isPositive();
            assertThat(engine.window("1d", midnight(day)).getEnergyPvMj())
                    .as("%s", day)
                    .isEqualTo(wattHours * Millijoules.PER_WATT_HOUR);
            whole += wattHours * Millijoules.PER_WATT_HOUR;
        }
        assertThat(engine.window("1mo", midnight(FIRST)).getEnergyPvMj()).isEqualTo(whole);
        assertThat(engine.window("1y", midnight(FIRST.withDayOfYear(1))).getEnergyPvMj())
                .isEqualTo(whole);
    }

    /** Each minute is what the pure core says of the whole set of readings. */
    private void assertMinutes(EngineDriver engine, LocalDate after) throws ConfigurationException {
        Map<String, DeviceMinute> published = new HashMap<>();
        engine.read("hg.energy", DeviceMinute::parseFrom)
                .forEach(minute -> published.put(minute.getDevice() + "@" + minute.getStartMs(), minute));
        Set<String> flags = new HashSet<>();
        for (String inverter : SolarLog.INVERTERS) {
            Sampling sampling = new Sampling();
            rows(inverter).stream().filter(row -> day(row).isBefore(after)).forEach(row -> row.addTo(sampling));
            Samples all = Samples.of("", sampling.series());
            DeviceHistory history = DeviceHistory.of(SiteFile.parse("site.yaml", YAML), inverter);
            Evidence evidence = Evidence.of(all, history);
            long noon = after.minusDays(1)
                    .atTime(12, 0)
                    .atZone(SolarLog.ZONE)
                    .toInstant()
                    .toEpochMilli();
            for (long minute = midnight(FIRST).toEpochMilli(); minute < noon; minute += MINUTE_MILLIS) {
                var expected = org.heliograph.streams.energy.DeviceMinute.of(
                        history,
                        history.at(minute).orElseThrow(),
                        all.around(minute, minute + MINUTE_MILLIS, RegisterMeter.CONTEXT),
                        evidence,
                        minute);
                DeviceMinute said = published.getOrDefault(inverter + "@" + minute, DeviceMinute.getDefaultInstance());
                assertThat(said)
                        .as("%s at %s", inverter, Instant.ofEpochMilli(minute))
                        .returns(inverter, DeviceMinute::getDevice)
                        .returns(expected.netMillijoules().orElse(0), DeviceMinute::getEnergyMj)
                        .returns(expected.coveredMillis() / (double) MINUTE_MILLIS, DeviceMinute::getCoverage)
                        .returns(labels(expected.flags()), DeviceMinute::getFlag);
                expected.flags().forEach(flag -> flags.add(flag.label()));
            }
        }
        assertThat(flags).contains("glitch", "reset");
    }

    private static String labels(Set<Flag> flags) {
        return flags.stream().map(Flag::label).sorted().collect(Collectors.joining(","));
    }

    private List<Row> rows(String inverter) {
        return recorded.getOrDefault(inverter, List.of());
    }

    private static LocalDate day(Row row) {
        return LocalDate.ofInstant(row.time(), SolarLog.ZONE);
    }

    private static Instant midnight(LocalDate day) {
        return day.atStartOfDay(SolarLog.ZONE).toInstant();
    }
}
