package org.heliograph.streams.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowTest {
    private static final ZoneId CASABLANCA = ZoneId.of("Africa/Casablanca");

    @Test
    void a_day_is_the_sites_own() {
        Instant noon = Instant.parse("2026-06-15T12:00:00Z");
        assertThat(Window.DAY.startOf(noon, CASABLANCA)).isEqualTo("2026-06-14T23:00:00Z");
        assertThat(Window.DAY.endOf(Instant.parse("2026-06-14T23:00:00Z"), CASABLANCA))
                .isEqualTo("2026-06-15T23:00:00Z");
    }

    @ParameterizedTest
    @CsvSource({
        "Africa/Casablanca, 2026-02-14T23:30:00Z, 25", // Ramadan begins: UTC+1 to UTC+0 at 03:00 on the 15th
        "Africa/Casablanca, 2026-03-22T12:00:00Z, 23", // and ends
        "Africa/Casablanca, 2026-03-01T12:00:00Z, 24",
        "Europe/Paris, 2026-03-29T12:00:00Z, 23",
        "Europe/Paris, 2026-10-25T12:00:00Z, 25",
        "Asia/Kolkata, 2026-10-25T12:00:00Z, 24"
    })
    void a_day_has_as_many_hours_as_its_zone_gives_it(String zone, Instant moment, long hours) {
        ZoneId id = ZoneId.of(zone);
        Instant start = Window.DAY.startOf(moment, id);
        assertThat(Duration.between(start, Window.DAY.endOf(start, id))).isEqualTo(Duration.ofHours(hours));
    }

    @ParameterizedTest
    @CsvSource({"Africa/Casablanca", "Europe/Paris", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe"})
    void quarters_fill_every_day_of_the_year_exactly(String zone) {
        ZoneId id = ZoneId.of(zone);
        Instant day = Window.DAY.startOf(Instant.parse("2026-01-01T12:00:00Z"), id);
        for (int i = 0; i < 365; i++) {
            Instant end = Window.DAY.endOf(day, id);
            assertThat(Window.QUARTER.startOf(day, id)).isEqualTo(day);
            assertThat(Window.QUARTER.startOf(end, id)).isEqualTo(end);
            assertThat(new WindowKey("s", Window.QUARTER, end.minus(Duration.ofMinutes(15))).within(Window.DAY, id))
                    .isEqualTo(new WindowKey("s", Window.DAY, day));
            day = end;
        }
    }

    @Test
    void months_and_years_are_the_sites_own() {
        Instant newYearInKathmandu = Instant.parse("2025-12-31T18:15:00Z");
        ZoneId kathmandu = ZoneId.of("Asia/Kathmandu");
        assertThat(Window.YEAR.startOf(Instant.parse("2026-12-31T18:14:59Z"), kathmandu))
                .isEqualTo(newYearInKathmandu);
        assertThat(Window.MONTH.startOf(Instant.parse("2026-01-31T18:14:59Z"), kathmandu))
                .isEqualTo(newYearInKathmandu);
        assertThat(Window.YEAR.endOf(newYearInKathmandu, kathmandu)).isEqualTo("2026-12-31T18:15:00Z");
        // Ramadan 2026: February begins at UTC+1 and ends at UTC+0
        assertThat(Window.MONTH.startOf(Instant.parse("2026-02-15T12:00:00Z"), CASABLANCA))
                .isEqualTo("2026-01-31T23:00:00Z");
        assertThat(Window.MONTH.endOf(Instant.parse("2026-01-31T23:00:00Z"), CASABLANCA))
                .isEqualTo("2026-03-01T00:00:00Z");
    }

    @Test
    void what_may_change_keeps_the_parts_that_it_is_added_up_from() {
        Instant changing = Instant.parse("2026-06-15T12:34:56Z");
        assertThat(Window.MINUTE.neededFrom(changing, CASABLANCA)).isEqualTo("2026-06-14T23:00:00Z");
        assertThat(Window.QUARTER.neededFrom(changing, ZoneId.of("Asia/Kathmandu")))
                .isEqualTo("2026-06-14T18:00:00Z"); // the hour in which the day begins
        assertThat(Window.DAY.neededFrom(changing, CASABLANCA)).isEqualTo("2025-12-31T23:00:00Z");
        assertThat(Window.MONTH.neededFrom(changing, CASABLANCA)).isEqualTo("2025-12-31T23:00:00Z");
        assertThat(Window.YEAR.neededFrom(changing, CASABLANCA)).isEqualTo("2025-12-31T23:00:00Z");
    }

    @Test
    void codes_are_storage_format() {
        assertThat(Window.values()).extracting(Window::code).containsExactly(1, 2, 3, 4, 5, 6);
        for (Window window : Window.values()) {
            assertThat(Window.coded(window.code())).isEqualTo(window);
        }
    }

    @Test
    void wholes_and_parts_agree() {
        assertThat(Window.MINUTE.wholes()).containsExactly(Window.QUARTER);
        assertThat(Window.QUARTER.wholes()).containsExactly(Window.HOUR, Window.DAY);
        assertThat(Window.DAY.wholes()).containsExactly(Window.MONTH);
        assertThat(Window.MONTH.wholes()).containsExactly(Window.YEAR);
        assertThat(Window.HOUR.wholes()).isEmpty();
        assertThat(Window.YEAR.wholes()).isEmpty();
    }
}
