package org.heliograph.telemetry.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;

/** What a site's choices of factors are once its model has been replaced. */
class FactorChoicesTest {
    private static final Instant MAY = Instant.parse("2026-05-01T00:00:00Z");
    private static final Instant JUNE = Instant.parse("2026-06-01T00:00:00Z");
    private static final Instant JULY = Instant.parse("2026-07-01T00:00:00Z");

    private static FactorChoices choices(String factors) throws ConfigurationException {
        return SiteFile.parse("site.yaml", """
                        site: s
                        zone: UTC
                        factors: %s
                        devices: [{id: m, profile: energy-meter, role: auxiliary}]
                        """.formatted(factors)).factors();
    }

    private static Map<Instant, String> averages(FactorChoices choices) {
        Map<Instant, String> averages = new TreeMap<>();
        choices.byStart().forEach((from, choice) -> averages.put(from, String.join(" ", choice.average())));
        return averages;
    }

    @Test
    void a_choice_without_a_date_holds_from_its_publication_on() throws ConfigurationException {
        FactorChoices second = choices("{average: b}").succeeding(choices("{average: a}"), MAY);
        assertThat(averages(second)).isEqualTo(Map.of(Instant.EPOCH, "a", MAY, "b"));
        FactorChoices third = choices("{average: a}").succeeding(second, JUNE);
        assertThat(averages(third)).isEqualTo(Map.of(Instant.EPOCH, "a", MAY, "b", JUNE, "a"));
    }

    @Test
    void the_same_choice_again_changes_nothing() throws ConfigurationException {
        FactorChoices dated = choices("[{average: a}, {average: b, validFrom: 2026-05-01}]");
        assertThat(choices("{average: b}").succeeding(dated, JUNE)).isEqualTo(dated);
    }

    @Test
    void dated_choices_hold_as_they_say_whatever_was_before() throws ConfigurationException {
        FactorChoices before = choices("{average: b}").succeeding(choices("{average: a}"), MAY);
        FactorChoices dated = choices("[{average: c}, {average: d, validFrom: 2026-05-01}]");
        assertThat(dated.succeeding(before, JULY)).isEqualTo(dated);
    }

    @Test
    void what_was_announced_for_later_is_replaced_with_the_model_that_did() throws ConfigurationException {
        FactorChoices announced = choices("[{average: a}, {average: b, validFrom: 2026-07-01}]");
        assertThat(averages(choices("{average: a}").succeeding(announced, JUNE)))
                .isEqualTo(Map.of(Instant.EPOCH, "a"));
        assertThat(averages(choices("{average: c}").succeeding(announced, JUNE)))
                .isEqualTo(Map.of(Instant.EPOCH, "a", JUNE, "c"));
        assertThat(choices("{average: c}").succeeding(announced, JULY).at(JULY).average())
                .isEqualTo(List.of("c"));
    }
}
