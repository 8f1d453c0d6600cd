package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever order factors and readings come in: each minute's CO2 is its energy times the factor of that minute. */
class CarbonLawsTest {
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final int MINUTES = 150;
    private static final Instant START = NOON.minusSeconds(60L * MINUTES);
    private static final long MINUTE_MILLIS = 60_000;
    private static final BigDecimal KILOWATT_HOUR = BigDecimal.valueOf(3_600_000_000L);
    private static final String YAML = """
            site: test1
            zone: Asia/Kolkata
            factors: {average: [electricitymaps-IN, revised], marginal: [watttime-IN]}
            devices:
              - {id: util-1, profile: utility-meter, role: grid}
              - {id: inv-1, profile: pv-inverter, role: pv}
            """;

    @TempDir
    private Path states;

    static LongStream seeds() {
        return LongStream.of(2, 5, 6, 8);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void any_order_of_factors_and_readings_gives_the_same_co2(long seed) {
        World world = new World(new Random(seed));
        Map<String, SiteWindow> factorsFirst = play(world.factors, world.readings, new Random(0));
        Map<String, SiteWindow> readingsFirst = play(world.readings, world.factors, new Random(0));
        List<Consumer<EngineDriver>> mixed = new ArrayList<>(world.factors);
        mixed.addAll(world.readings);
        mixed.addAll(world.factors.subList(0, world.factors.size() / 2)); // some twice
        Collections.shuffle(mixed, new Random(seed));
        Map<String, SiteWindow> shuffled = play(mixed, List.of(), new Random(seed));

        world.assertMinutes(factorsFirst);
        assertThat(readingsFirst).isEqualTo(factorsFirst);
        assertThat(shuffled).isEqualTo(factorsFirst);
        for (String label : List.of("15m", "1h", "1d")) {
            assertThat(avoided(shuffled, label)).as(label).isEqualTo(avoided(shuffled, "1m"));
        }
    }

    @Test
    void a_point_of_five_minutes_that_comes_late_ends_all_that_an_hourly_one_before_it_reached() {
        World world = new World(new Random(1));
        Consumer<EngineDriver> hourly = point(0, "hourly", 500);
        Consumer<EngineDriver> fiveMinutes = point(10, "5_minutes", 300); // held until minute 135
        List<Consumer<EngineDriver>> beforeIt = new ArrayList<>(world.readings);
        beforeIt.addFirst(hourly);
        Map<String, SiteWindow> late = play(beforeIt, List.of(fiveMinutes), new Random(0));

        assertThat(late.get("1m@" + World.at(134).toEpochMilli())).isNotNull().matches(SiteWindow::hasCo2AvoidedUg);
        assertThat(late.get("1m@" + World.at(135).toEpochMilli()))
                .isNotNull()
                .matches(window -> !window.hasCo2AvoidedUg());
        assertThat(late).isEqualTo(play(List.of(hourly, fiveMinutes), world.readings, new Random(0)));
    }

    private static Consumer<EngineDriver> point(int minute, String granularity, int grams) {
        String json =
                "{\"zone\": \"IN\", \"carbonIntensity\": %d, \"datetime\": \"%s\", \"updatedAt\": \"%s\", \"isEstimated\": false, \"temporalGranularity\": \"%s\"}"
                        .formatted(grams, World.at(minute), World.at(minute), granularity);
        return engine -> engine.factor("electricitymaps-IN/" + minute, json);
    }

    private static long avoided(Map<String, SiteWindow> windows, String label) {
        return windows.values().stream()
                .filter(window -> window.getWindow().equals(label))
                .mapToLong(SiteWindow::getCo2AvoidedUg)
                .sum();
    }

    /** The windows, without what may depend on the order: when and why they were restated. */
    private Map<String, SiteWindow> play(
            List<Consumer<EngineDriver>> first, List<Consumer<EngineDriver>> then, Random random) {
        try (EngineDriver engine = new EngineDriver(states, NOON, YAML)) {
            for (List<Consumer<EngineDriver>> part : List.of(first, then)) {
                for (Consumer<EngineDriver> record : part) {
                    record.accept(engine);
                    if (random.nextInt(8) == 0) {
                        engine.advance(Duration.ofMillis(random.nextInt(1500)));
                    }
                }
                engine.advanceTwice(Duration.ofSeconds(6));
            }
            engine.advance(Duration.ofMinutes(2)); // so that the minute of the last readings is over in every order
            Map<String, SiteWindow> windows = new HashMap<>(engine.windows());
            windows.replaceAll((_, window) -> window.toBuilder()
                    .clearState()
                    .clearRevision()
                    .clearCause()
                    .clearCo2Coverage()
                    .clearCoverage() // of an open window: over the minutes passed
                    .build());
            return windows;
        }
    }

    /** Some hours of readings, versions of a factor and points of two series, drawn from a seed, and what they come to. */
    private static final class World {
        private final Random random;
        private final List<Consumer<EngineDriver>> factors = new ArrayList<>();
        private final List<Consumer<EngineDriver>> readings = new ArrayList<>();
        private final long[] selfMillijoules = new long[MINUTES];
        /** What counts in each minute, in micrograms/kWh; -1 for none. */
        private final long[] average = new long[MINUTES];

        private final long[] marginal = new long[MINUTES];

        World(Random random) {
            this.random = random;
            Arrays.fill(average, -1);
            Arrays.fill(marginal, -1);
            versions();
            hourly();
            fiveMinutely();
            readings();
        }

        /** The newest version that is valid in a minute counts. */
        private void versions() {
            for (int version = 1; version <= 4; version++) {
                int from = random.nextInt(MINUTES);
                int to = from + 1 + random.nextInt(MINUTES);
                int grams = 1 + random.nextInt(900);
                for (int minute = from; minute < Math.min(to, MINUTES); minute++) {
                    average[minute] = grams * 1_000_000L;
                }
                String key = "revised@" + version;
                String json =
                        "{\"id\": \"revised\", \"version\": \"%d\", \"source\": \"s\", \"gramsPerKilowattHour\": %d, \"validFrom\": \"%s\", \"validTo\": \"%s\"}"
                                .formatted(version, grams, at(from), at(to));
                factors.add(engine -> engine.factor(key, json));
            }
        }

        /** Some hours have a point, some several statements of it: the newest counts, for three hours at most. */
        private void hourly() {
            long[] known = new long[MINUTES];
            for (int from = random.nextInt(60) - 60; from < MINUTES; from += 60) {
                if (random.nextInt(3) == 0) {
                    continue;
                }
                int grams = 0;
                for (int statement = 0; statement <= random.nextInt(3); statement++) {
                    grams = 1 + random.nextInt(900);
                    String json =
                            "{\"zone\": \"IN\", \"carbonIntensity\": %d, \"datetime\": \"%s\", \"updatedAt\": \"%s\", \"isEstimated\": %b}"
                                    .formatted(grams, at(from), at(from + statement), statement == 0);
                    String key = "electricitymaps-IN/" + from + "/" + statement;
                    factors.add(engine -> engine.factor(key, json));
                }
                for (int minute = Math.max(0, from); minute < Math.min(MINUTES, from + 180); minute++) {
                    known[minute] = grams * 1_000_000L;
                }
            }
            for (int minute = 0; minute < MINUTES; minute++) {
                average[minute] = known[minute] > 0 ? known[minute] : average[minute];
            }
        }

        private void fiveMinutely() {
            int from = random.nextInt(MINUTES);
            int pounds = 1 + random.nextInt(2000);
            String json = "{\"data\": [{\"point_time\": \"%s\", \"value\": %d}], \"meta\": {\"generated_at\": \"%s\"}}"
                    .formatted(at(from), pounds, at(from));
            factors.add(engine -> engine.factor("watttime-IN/a", json));
            for (int minute = from; minute < Math.min(MINUTES, from + 125); minute++) {
                marginal[minute] = pounds * 453_592L + (pounds * 37L + 50) / 100; // 453,592.37 a pound
            }
        }

        private void readings() {
            long pv = 0;
            long export = 0;
            for (int minute = 0; minute <= MINUTES; minute++) {
                long atMillis = at(minute).toEpochMilli();
                long pvNow = pv;
                long exportNow = export;
                readings.add(engine -> engine.send("inv-1", new Sampling().register(Point.ENERGY, atMillis, pvNow)));
                readings.add(engine -> engine.send(
                        "util-1",
                        new Sampling()
                                .register(Point.ENERGY_IMPORT, atMillis, 0)
                                .register(Point.ENERGY_EXPORT, atMillis, exportNow)));
                if (minute < MINUTES) {
                    long self = random.nextLong(1_000_000_000);
                    long exported = random.nextLong(1_000_000);
                    selfMillijoules[minute] = self;
                    pv += self + exported;
                    export += exported;
                }
            }
        }

        private static Instant at(int minute) {
            return START.plusSeconds(60L * minute);
        }

        private void assertMinutes(Map<String, SiteWindow> windows) {
            for (int minute = 0; minute < MINUTES; minute++) {
                SiteWindow window = windows.getOrDefault(
                        "1m@" + (START.toEpochMilli() + minute * MINUTE_MILLIS), SiteWindow.getDefaultInstance());
                assertThat(window.hasCo2AvoidedUg() ? window.getCo2AvoidedUg() : -1)
                        .as("average %s", at(minute))
                        .isEqualTo(mass(selfMillijoules[minute], average[minute]));
                assertThat(window.hasCo2AvoidedMarginalUg() ? window.getCo2AvoidedMarginalUg() : -1)
                        .as("marginal %s", at(minute))
                        .isEqualTo(mass(selfMillijoules[minute], marginal[minute]));
            }
        }

        private static long mass(long millijoules, long microgramsPerKilowattHour) {
            return microgramsPerKilowattHour < 0
                    ? -1
                    : BigDecimal.valueOf(millijoules)
                            .multiply(BigDecimal.valueOf(microgramsPerKilowattHour))
                            .divide(KILOWATT_HOUR, 0, RoundingMode.HALF_UP)
                            .longValueExact();
        }
    }
}
