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
    void wholes_and_parts_agree() {
        assertThat(Window.MINUTE.wholes()).containsExactly(Window.QUARTER);
        assertThat(Window.QUARTER.wholes()).containsExactly(Window.HOUR, Window.DAY);
        assertThat(Window.DAY.wholes()).isEmpty();
    }
}
