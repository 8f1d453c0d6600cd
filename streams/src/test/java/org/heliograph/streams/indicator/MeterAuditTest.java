package org.heliograph.streams.indicator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.heliograph.streams.indicator.Diagnosis.Rule;
import org.heliograph.streams.site.BranchShare.Heaviest;
import org.heliograph.streams.site.MeterTree;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeterAuditTest {
    private static final Instant AT = Instant.parse("2026-06-15T12:00:00Z");

    /** A floor PDU with ten racks below it, whose registers count in steps of 0.1 kWh. */
    private static SiteModel site() throws ConfigurationException {
        return SiteFile.parse("site.yaml", """
                site: s
                zone: UTC
                profiles:
                  - {profile: coarse, points: {energy: {resolution: 0.1 kWh}}}
                devices:
                  - {id: f, profile: floor-pdu, role: floor-pdu}
                  - {id: "p-{0..9}", profile: coarse, role: it, parent: f}
                """);
    }

    private static MeterAudit audit(Branch branch, int minutes) throws ConfigurationException {
        SiteModel site = site();
        return new MeterAudit(
                new Figures(Sums.ZERO, minutes),
                new Branches(new TreeMap<>(Map.of("f", branch))),
                MeterTree.at(site, AT),
                site,
                AT);
    }

    private static Branch branch(long own, long children, long tolerance, int matched) {
        return new Branch(own, children, tolerance, matched, Heaviest.NONE);
    }

    private static final long KWH = 3_600_000_000L;

    /** Ten registers may each hide a step, at the window's ends and at those of each hole in it. */
    @ParameterizedTest
    @CsvSource({"15, 1010, false", "15, 1011, true", "14, 1110, false", "14, 1111, true"})
    void steps_of_registers_are_no_fault(int matched, long hundredths, boolean broken) throws ConfigurationException {
        Branch branch = branch(10 * KWH, hundredths * KWH / 100 + KWH, KWH / 10, matched);
        assertThat(audit(branch, 15).diagnoses().isEmpty()).isNotEqualTo(broken);
    }

    @Test
    void a_few_minutes_judge_nobody_and_acquit_nobody() throws ConfigurationException {
        MeterAudit few = audit(branch(0, 100 * KWH, 0, 9), 15);
        assertThat(few.diagnoses()).isEmpty();
        assertThat(few.judges(Rule.CHILDREN_ABOVE_PARENT, "f")).isFalse();
        MeterAudit enough = audit(branch(0, 100 * KWH, 0, 10), 15);
        assertThat(enough.diagnoses()).hasSize(1);
        assertThat(enough.judges(Rule.CHILDREN_ABOVE_PARENT, "f")).isTrue();
        assertThat(enough.judges(Rule.PUE_BELOW_ONE, "")).isFalse();
    }

    @Test
    void a_meter_that_is_gone_is_no_longer_accused() throws ConfigurationException {
        assertThat(audit(branch(0, 0, 0, 0), 15).judges(Rule.CHILDREN_ABOVE_PARENT, "g"))
                .isTrue();
    }

    @Test
    void the_one_that_stands_out_among_its_like_is_named() throws ConfigurationException {
        // nine read 1 kWh in the quarter, one 3
        Branch branch = new Branch(10 * KWH, 30 * KWH, 0, 15, new Heaviest("p-4", 30 * KWH / 15 / 4));
        assertThat(audit(branch, 15).diagnoses().getFirst().suspect()).isEqualTo("p-4");
        Branch even = new Branch(10 * KWH, 30 * KWH, 0, 15, new Heaviest("p-4", 30 * KWH / 15 / 9));
        assertThat(audit(even, 15).diagnoses().getFirst().suspect()).isEqualTo("f");
    }
}
