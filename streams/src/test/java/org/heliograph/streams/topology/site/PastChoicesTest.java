package org.heliograph.streams.topology.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;

/** Which factors a site chose for its past hours is known without reading those. */
class PastChoicesTest {
    private static final Instant DAY = Instant.parse("2026-06-15T00:00:00Z");

    private final KeyValueStore<Bytes, byte[]> store =
            Stores.inMemoryKeyValueStore("a").get();

    private static PastHour hour(Instant start, String factors) throws ConfigurationException {
        SiteModel site = SiteFile.parse("site.yaml", """
                site: a
                zone: UTC
                factors: %s
                devices: [{id: m, profile: utility-meter, role: grid}]
                """.formatted(factors));
        return PastHour.of(site, start, List.of());
    }

    private boolean mayName(String factor, int fromHour, int toHour) {
        return new PastChoices(store)
                .mayName("a", DAY.plus(Duration.ofHours(fromHour)), DAY.plus(Duration.ofHours(toHour)), factor);
    }

    @Test
    void what_was_chosen_for_an_hour_is_known_of_its_day_over_a_restart_in_whatever_order_hours_come()
            throws ConfigurationException {
        PastChoices choices = new PastChoices(store);
        choices.note(hour(DAY.plus(Duration.ofHours(50)), "{average: f, marginal: m, fuel: none}"));
        choices.note(hour(DAY.plus(Duration.ofHours(30)), "{average: [g, h], marginal: m, fuel: d}"));
        choices.note(hour(DAY.plus(Duration.ofHours(80)), "{average: f, marginal: x, fuel: none}"));
        for (String factor : List.of("g", "h", "d")) {
            assertThat(mayName(factor, 30, 31)).isTrue();
            assertThat(mayName(factor, 0, 24)).isFalse();
            assertThat(mayName(factor, 48, 1_000)).isFalse();
        }
        assertThat(mayName("f", 50, 51)).isTrue();
        assertThat(mayName("f", 80, 81)).isTrue();
        assertThat(mayName("m", 25, 26)).isTrue();
        assertThat(mayName("m", 0, 24)).isFalse();
        assertThat(new PastChoices(store).mayName("a", "f")).isTrue();
        assertThat(new PastChoices(store).mayName("a", "other")).isFalse();
        assertThat(new PastChoices(store).mayName("b", "f")).isFalse();
    }

    @Test
    void it_is_forgotten_with_the_last_of_its_hours() throws ConfigurationException {
        PastChoices choices = new PastChoices(store);
        choices.note(hour(DAY, "{average: g, marginal: m, fuel: none}"));
        choices.note(hour(DAY.plus(Duration.ofDays(2)), "{average: f, marginal: m, fuel: none}"));
        choices.purge("a", DAY.plus(Duration.ofDays(1)).toEpochMilli());
        assertThat(mayName("g", 0, 1_000)).isFalse();
        assertThat(mayName("f", 0, 1_000)).isTrue();
        assertThat(mayName("m", 0, 1_000)).isTrue();
        choices.purge("a", DAY.plus(Duration.ofDays(3)).toEpochMilli());
        assertThat(store.approximateNumEntries()).isZero();
    }
}
