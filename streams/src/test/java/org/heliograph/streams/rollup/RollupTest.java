package org.heliograph.streams.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Conservation on the pure core: however minutes are added up, nothing is lost and nothing counts twice. */
class RollupTest {
    private static final int MINUTES = 20_000;

    static Stream<Arguments> zonesAndSeeds() {
        return Stream.of(
                        "Africa/Casablanca",
                        "Europe/Paris",
                        "Asia/Kolkata",
                        "Asia/Kathmandu",
                        "Australia/Lord_Howe",
                        "America/St_Johns",
                        "Africa/Cairo", // the clock is put forward at midnight
                        "Pacific/Chatham")
                .flatMap(zone -> Stream.of(1L, 2L, 3L).map(seed -> Arguments.of(zone, seed)));
    }

    /** Energies of random minutes from before the year to after it, so that every boundary has some on both sides. */
    private static Map<Instant, Long> minutes(long seed) {
        Random random = new Random(seed);
        long first = Instant.parse("2025-12-25T00:00:00Z").getEpochSecond() / 60;
        Map<Instant, Long> minutes = new HashMap<>();
        for (int i = 0; i < MINUTES; i++) {
            Instant minute = Instant.ofEpochSecond(60 * (first + random.nextInt(380 * 24 * 60)));
            minutes.put(minute, random.nextLong(2_000_000_000_000L) - 1_000_000);
        }
        return minutes;
    }

    @ParameterizedTest
    @MethodSource("zonesAndSeeds")
    void minutes_add_up_exactly_to_every_longer_window(String zoneName, long seed) {
        ZoneId zone = ZoneId.of(zoneName);
        Map<Instant, Long> minutes = minutes(seed);

        assertSame(windows(Window.QUARTER, minutes, zone), minutes, moment -> moment.getEpochSecond() / 900);
        assertSame(windows(Window.HOUR, minutes, zone), minutes, moment -> moment.getEpochSecond() / 3600);
        assertSame(windows(Window.DAY, minutes, zone), minutes, moment -> date(moment, zone));
        assertSame(windows(Window.MONTH, minutes, zone), minutes, moment -> YearMonth.from(date(moment, zone)));
        assertSame(
                windows(Window.YEAR, minutes, zone),
                minutes,
                moment -> date(moment, zone).getYear());
    }

    /** The windows of one length, from those that they are made of. */
    private static Map<Instant, Long> windows(Window window, Map<Instant, Long> minutes, ZoneId zone) {
        Optional<Window> part = window.part();
        if (part.isEmpty()) {
            return minutes;
        }
        Map<Instant, Long> wholes = new HashMap<>();
        windows(part.get(), minutes, zone).forEach((start, energy) -> {
            Instant whole = window.startOf(start, zone);
            assertThat(start).isBetween(whole, window.endOf(whole, zone).minusSeconds(1));
            wholes.merge(whole, energy, Math::addExact);
        });
        return wholes;
    }

    /** One window for each name, and of the same energy as the minutes of that name. */
    private static <N> void assertSame(
            Map<Instant, Long> windows, Map<Instant, Long> minutes, Function<Instant, N> name) {
        Map<N, Long> sums = named(minutes, name);
        assertThat(windows).hasSameSizeAs(sums);
        assertThat(named(windows, name)).isEqualTo(sums);
    }

    private static <N> Map<N, Long> named(Map<Instant, Long> windows, Function<Instant, N> name) {
        Map<N, Long> sums = new HashMap<>();
        windows.forEach((start, energy) -> sums.merge(name.apply(start), energy, Math::addExact));
        return sums;
    }

    private static LocalDate date(Instant moment, ZoneId zone) {
        return ZonedDateTime.ofInstant(moment, zone).toLocalDate();
    }
}
