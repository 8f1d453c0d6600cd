package org.heliograph.streams.topology.topics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.heliograph.streams.config.SiteText;
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.streams.factor.record.FactorRecord;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PublicationTest {
    private static final Instant PUBLISHED = Instant.parse("2026-11-01T12:00:00Z");
    private static final String OLD = """
            site: casa1
            zone: Africa/Casablanca
            devices:
              - {id: pdu-a, profile: rack-pdu, role: it, area: hall-1}
            """;
    private static final String BROKEN = "site: [";
    private static final String GROWN = OLD + "  - {id: pdu-b, profile: rack-pdu, role: it, area: hall-1}\n";

    @Test
    void a_file_that_is_older_than_what_is_in_force_does_not_replace_it() {
        assertThat(Publication.judge(said(GROWN, PUBLISHED), file(OLD, PUBLISHED.minusSeconds(1))))
                .isEqualTo(Publication.Judgement.OLDER);
        assertThat(Publication.judge(said(OLD, PUBLISHED), file(GROWN, PUBLISHED.plusSeconds(1))))
                .isEqualTo(Publication.Judgement.NEWS);
    }

    @Test
    void what_is_there_already_is_not_said_again() {
        assertThat(Publication.judge(said(OLD, PUBLISHED), file(OLD, PUBLISHED.plusSeconds(1))))
                .isEqualTo(Publication.Judgement.SAME);
    }

    @Test
    void what_nobody_can_use_is_replaced_by_a_file_however_old() {
        SiteText old = file(OLD, PUBLISHED.minusSeconds(1));
        assertThat(Publication.judge(said(BROKEN, PUBLISHED), old)).isEqualTo(Publication.Judgement.NEWS);
        assertThat(Publication.judge(said(GROWN, PUBLISHED).then(said(null, PUBLISHED)), old))
                .isEqualTo(Publication.Judgement.NEWS);
    }

    @Test
    void what_nobody_can_use_leaves_the_model_before_it_in_force() {
        Publication.InForce grown = said(OLD, PUBLISHED.minusSeconds(9))
                .then(said(GROWN, PUBLISHED))
                .then(said(BROKEN, PUBLISHED.plusSeconds(9)));
        assertThat(Publication.judge(grown, file(OLD, PUBLISHED.minusSeconds(1))))
                .isEqualTo(Publication.Judgement.OLDER);
        assertThat(Publication.judge(grown, file(OLD, PUBLISHED.plusSeconds(1))))
                .isEqualTo(Publication.Judgement.NEWS);
        assertThat(Publication.judge(grown, file(GROWN, PUBLISHED.minusSeconds(1))))
                .as("ends the complaint of what nobody can use")
                .isEqualTo(Publication.Judgement.NEWS);
    }

    @Test
    void a_shipped_factor_takes_back_nothing_that_was_said_of_its_version() {
        EmissionFactor shipped = factor(700_000_000);
        byte[] own = FactorRecord.encode(factor(640_000_000));
        assertThat(Publication.isNews(own, shipped, true)).isFalse();
        assertThat(Publication.isNews(own, shipped, false)).as("a file's").isTrue();
        assertThat(Publication.isNews(FactorRecord.encode(shipped), shipped, false))
                .isFalse();
        assertThat(Publication.isNews(null, shipped, true)).isTrue();
    }

    private static EmissionFactor factor(long micrograms) {
        return EmissionFactor.published(
                "diesel", "1", "test", micrograms, EmissionFactor.ALWAYS, EmissionFactor.FOR_EVER);
    }

    private static Publication.InForce said(@Nullable String yaml, Instant time) {
        return Publication.InForce.of("casa1", yaml == null ? null : yaml.getBytes(UTF_8), time);
    }

    private static SiteText file(String yaml, Instant written) {
        try {
            return new SiteText(SiteFile.parse("site.yaml", yaml), yaml, written);
        } catch (ConfigurationException e) {
            throw new AssertionError(e);
        }
    }
}
