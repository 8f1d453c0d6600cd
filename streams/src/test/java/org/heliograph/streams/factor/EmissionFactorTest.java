package org.heliograph.streams.factor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmissionFactorTest {
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final long KWH = 3_600_000_000L;

    private static EmissionFactor factor(String id, String version, String grams, Instant from, Instant to) {
        return EmissionFactor.published(
                id, version, "a test", EmissionFactor.micrograms(new BigDecimal(grams)), from, to);
    }

    private static EmissionFactor factor(String version, String grams) {
        return factor("f", version, grams, EmissionFactor.ALWAYS, EmissionFactor.FOR_EVER);
    }

    @Test
    void a_kilowatt_hour_weighs_what_the_factor_says() {
        assertThat(factor("1", "577.65").micrograms(KWH)).isEqualTo(577_650_000);
        assertThat(factor("1", "624.45").micrograms(3 * KWH)).isEqualTo(1_873_350_000);
        assertThat(factor("1", "577.65").micrograms(0)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 577.65, 0", // 1 mJ at 577.65 g/kWh is 0.16 micrograms
        "4, 577.65, 1", // 0.64
        "3, 600, 1", // exactly half a microgram: up
        "2, 600, 0",
    })
    void a_mass_is_rounded_half_up(long millijoules, String grams, long micrograms) {
        assertThat(factor("1", grams).micrograms(millijoules)).isEqualTo(micrograms);
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 200);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_mass_is_the_rounded_exact_product_however_large(long seed) {
        Random random = new Random(seed);
        long energy = random.nextLong() >> random.nextInt(20, 63);
        EmissionFactor factor = factor("1", random.nextInt(10_000) + "." + random.nextInt(1_000_000));
        BigInteger doubled = BigInteger.valueOf(energy)
                .multiply(BigInteger.valueOf(factor.microgramsPerKilowattHour()))
                .multiply(BigInteger.TWO)
                .add(BigInteger.valueOf(KWH));
        BigInteger[] truth = doubled.divideAndRemainder(BigInteger.valueOf(2 * KWH));
        BigInteger floor = truth[1].signum() < 0 ? truth[0].subtract(BigInteger.ONE) : truth[0];
        assertThat(factor.micrograms(energy)).isEqualTo(floor.longValueExact());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "10000.1", "1e999999999", "1e-999999999", "0.1234567890123456789012345678901234567"})
    void what_no_grid_has_is_refused(String grams) {
        assertThatThrownBy(() -> EmissionFactor.micrograms(new BigDecimal(grams)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void the_newest_version_counts_by_its_numbers() {
        Factors factors = Factors.of(List.of(factor("3.10", "3"), factor("3.2", "2"), factor("3.1", "1")));
        assertThat(factors.at("f", NOON).map(EmissionFactor::provenance)).contains("f@3.10");
        assertThat(factors.plus(List.of(factor("4", "4"))).at("f", NOON).map(EmissionFactor::provenance))
                .contains("f@4");
        assertThat(factors.at("g", NOON)).isEmpty();
    }

    @Test
    void a_factor_is_joined_as_of_the_moment_and_not_of_now() {
        Instant newYear = Instant.parse("2025-01-01T00:00:00Z");
        Factors factors = Factors.of(List.of(
                factor("f", "1", "600", EmissionFactor.ALWAYS, EmissionFactor.FOR_EVER),
                factor("f", "2", "500", newYear, NOON)));
        assertThat(factors.at("f", newYear.minusMillis(1)).orElseThrow().version())
                .isEqualTo("1");
        assertThat(factors.at("f", newYear).orElseThrow().version()).isEqualTo("2");
        assertThat(factors.at("f", NOON.minusMillis(1)).orElseThrow().version()).isEqualTo("2");
        assertThat(factors.at("f", NOON).orElseThrow().version()).isEqualTo("1");
    }

    @ParameterizedTest
    @CsvSource({
        "ember-2023, 2026-06-15T12:00:00Z, ember-2023@3, 624450000",
        "ember-2024, 2026-06-15T12:00:00Z, ember-2024@2025, 577650000",
        "ifi-2021-solar, 2020-01-01T00:00:00Z, ifi-2021-solar@3.1, 660000000",
        "ifi-2021-operating, 2026-06-15T12:00:00Z, ifi-2021-operating@3.1, 729000000",
    })
    void the_shipped_factors_are_those_of_their_sources(String id, Instant at, String provenance, long micrograms) {
        EmissionFactor factor = Factors.SHIPPED.at(id, at).orElseThrow();
        assertThat(factor.provenance()).isEqualTo(provenance);
        assertThat(factor.microgramsPerKilowattHour()).isEqualTo(micrograms);
    }

    @Test
    void every_statement_of_a_restated_factor_is_kept() {
        assertThat(Factors.SHIPPED.all().stream()
                        .filter(factor -> factor.id().equals("ember-2023"))
                        .map(EmissionFactor::microgramsPerKilowattHour))
                .containsExactly(616_820_000L, 624_010_000L, 624_450_000L);
        assertThat(Factors.SHIPPED.at("ember-2024", Instant.parse("2023-12-31T23:59:59Z")))
                .isEmpty();
    }

    @Test
    void a_point_counts_for_its_period_is_held_for_two_hours_and_then_unknown() {
        IntensityPoint point = new IntensityPoint(NOON, Duration.ofHours(1), NOON, false, 500_000_000);
        assertThat(quality(point, NOON.minusMillis(1))).isEmpty();
        assertThat(quality(point, NOON)).isEqualTo("electricitymaps-MA@measured");
        assertThat(quality(point, NOON.plusSeconds(3599))).isEqualTo("electricitymaps-MA@measured");
        assertThat(quality(point, NOON.plusSeconds(3600))).isEqualTo("electricitymaps-MA@held");
        assertThat(quality(point, NOON.plusSeconds(3 * 3600 - 1))).isEqualTo("electricitymaps-MA@held");
        assertThat(quality(point, NOON.plusSeconds(3 * 3600))).isEmpty();
        IntensityPoint guess = new IntensityPoint(NOON, Duration.ofHours(1), NOON, true, 500_000_000);
        assertThat(quality(guess, NOON)).isEqualTo("electricitymaps-MA@estimated");
    }

    private static String quality(IntensityPoint point, Instant moment) {
        return point.asOf("electricitymaps-MA", moment)
                .map(EmissionFactor::provenance)
                .orElse("");
    }

    @Test
    void the_newest_statement_of_a_point_replaces_the_others() {
        IntensityPoint first = new IntensityPoint(NOON, Duration.ofHours(1), NOON, true, 500_000_000);
        IntensityPoint second = new IntensityPoint(NOON, Duration.ofHours(1), NOON.plusSeconds(1), true, 400_000_000);
        IntensityPoint measured =
                new IntensityPoint(NOON, Duration.ofHours(1), NOON.plusSeconds(1), false, 300_000_000);
        assertThat(second.replaces(first)).isTrue();
        assertThat(first.replaces(second)).isFalse();
        assertThat(measured.replaces(second)).isTrue();
        assertThat(measured.replaces(measured)).isFalse();
    }
}
