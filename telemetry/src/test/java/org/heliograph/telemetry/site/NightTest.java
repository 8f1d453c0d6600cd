package org.heliograph.telemetry.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NightTest {
    private static final SiteModel.Location CASABLANCA = new SiteModel.Location(33.57, -7.59);
    private static final SiteModel.Location TROMSO = new SiteModel.Location(69.65, 18.96);

    /** The sun is at 4 degrees then, and is again at 05:46; it sets at 19:42. */
    private static final Instant DUSK = Instant.parse("2026-06-15T19:19:00Z");

    private static final Device INVERTER = device("{id: inv-1, profile: pv-inverter, role: pv, rating: 100 kW}");
    private static final Device UNRATED =
            new Device("inv-1", Profiles.NONE, Role.PV, Optional.empty(), "", "", 0, "", Instant.MIN, Instant.MAX);
    private static final Device METER = device("{id: util-1, profile: utility-meter, role: grid}");

    @ParameterizedTest
    @CsvSource({"2026-06-15T23:00:00Z, true", "2026-06-16T06:10:00Z, true", "2026-06-16T06:30:00Z, false"})
    void an_inverter_that_ended_at_dusk_sleeps_until_the_sun_is_up(Instant now, boolean sleeps) {
        assertThat(new Night(CASABLANCA, DUSK, now).isSleptThrough(INVERTER, OptionalDouble.empty()))
                .isEqualTo(sleeps);
    }

    @ParameterizedTest
    @CsvSource({"2026-06-16T05:45:00Z, true", "2026-06-16T06:10:00Z, false"})
    void it_gives_nothing_while_the_sun_is_hardly_higher_than_at_its_end(Instant now, boolean givesNothing) {
        assertThat(new Night(CASABLANCA, DUSK, now).isWithoutSun()).isEqualTo(givesNothing);
    }

    @Test
    void by_day_nobody_sleeps() {
        Instant noon = Instant.parse("2026-06-15T12:00:00Z");
        Night hour = new Night(CASABLANCA, noon, noon.plus(Duration.ofHours(1)));

        assertThat(hour.isSleptThrough(INVERTER, OptionalDouble.empty())).isFalse();
        assertThat(hour.isWithoutSun()).isFalse();
    }

    @Test
    void a_day_from_sunrise_to_sunset_is_no_night() {
        Night day = new Night(CASABLANCA, Instant.parse("2026-06-15T05:25:00Z"), DUSK);

        assertThat(day.isSleptThrough(INVERTER, OptionalDouble.empty())).isFalse();
        assertThat(day.isWithoutSun()).isFalse();
    }

    @Test
    void who_fell_silent_while_it_gave_power_does_not_sleep() {
        Night night = new Night(CASABLANCA, DUSK, DUSK.plus(Duration.ofHours(3)));

        assertThat(night.isSleptThrough(INVERTER, OptionalDouble.of(2_000))).isTrue();
        assertThat(night.isSleptThrough(INVERTER, OptionalDouble.of(2_001))).isFalse();
        assertThat(night.isSleptThrough(INVERTER, OptionalDouble.of(-2_001))).isFalse();
        assertThat(night.isSleptThrough(UNRATED, OptionalDouble.of(500))).isTrue();
        assertThat(night.isSleptThrough(UNRATED, OptionalDouble.of(501))).isFalse();
    }

    @Test
    void nothing_but_a_solar_inverter_sleeps() {
        Night night = new Night(CASABLANCA, DUSK, DUSK.plus(Duration.ofHours(3)));

        assertThat(night.isSleptThrough(METER, OptionalDouble.of(0))).isFalse();
    }

    @Test
    void where_the_sun_does_not_rise_for_weeks_an_inverter_is_missed_nevertheless() {
        Instant december = Instant.parse("2026-12-15T12:00:00Z");
        Instant longest = december.plus(Sun.LONGEST_NIGHT);

        assertThat(new Night(TROMSO, december, longest).isSleptThrough(INVERTER, OptionalDouble.of(0)))
                .isTrue();
        assertThat(new Night(TROMSO, december, longest.plusMillis(1)).isSleptThrough(INVERTER, OptionalDouble.of(0)))
                .isFalse();
    }

    @Test
    void where_nobody_said_where_the_site_is_there_is_no_night() {
        Night unknown = new Night(
                SiteModel.Location.UNKNOWN,
                Instant.parse("2026-06-15T20:00:00Z"),
                Instant.parse("2026-06-16T00:00:00Z"));

        assertThat(unknown.isSleptThrough(INVERTER, OptionalDouble.of(0))).isFalse();
        assertThat(unknown.isWithoutSun()).isFalse();
    }

    private static Device device(String entry) {
        try {
            return SiteFile.parse("test1.yaml", """
                            site: test1
                            zone: Africa/Casablanca
                            location: {latitude: 33.57, longitude: -7.59}
                            devices:
                              - %s
                            """.formatted(entry)).devices().getFirst();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
