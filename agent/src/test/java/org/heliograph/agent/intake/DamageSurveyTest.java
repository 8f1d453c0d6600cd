package org.heliograph.agent.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Stored;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.ClockQuality;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.SequenceRange;
import org.junit.jupiter.api.Test;

class DamageSurveyTest {
    private static final long NOW = Instant.parse("2026-07-01T10:00:00Z").toEpochMilli();
    private static final DeviceId AGENT = new DeviceId("casa1", "edge-1");
    private static final DeviceId RACK = new DeviceId("casa1", "rack-1");

    @Test
    void what_is_missing_is_told_in_the_name_of_the_agent_that_numbered_it() throws Exception {
        DamageSurvey survey = new DamageSurvey(AGENT, 9, NOW);
        survey.saved(pack(1, new Origin("former-name", 7, 0)));
        survey.saved(pack(3, new Origin("former-name", 7, 2)));
        survey.saved(pack(4, new Origin("edge-1", 8, 0)));
        survey.saved(pack(7, new Origin("edge-1", 8, 3)));

        List<Entry> reports = survey.reports(4, 8);

        Dispatch former = PackCodec.decode(reports.get(0).value());
        assertThat(former.device()).isEqualTo(RACK);
        assertThat(former.origin()).isEqualTo(Origin.ofReport("former-name", 9, 8));
        assertThat(former.losses()).singleElement().satisfies(loss -> {
            assertThat(loss.boot()).isEqualTo(7);
            assertThat(loss.ranges()).containsExactly(new SequenceRange(1, 1));
        });
        Dispatch own = PackCodec.decode(reports.get(1).value());
        assertThat(own.device()).isEqualTo(RACK);
        assertThat(own.origin()).isEqualTo(Origin.ofReport("edge-1", 9, 9));
        assertThat(own.losses()).singleElement().satisfies(loss -> {
            assertThat(loss.boot()).isEqualTo(8);
            assertThat(loss.ranges()).containsExactly(new SequenceRange(1, 2));
        });
        Dispatch unnumbered = PackCodec.decode(reports.get(2).value());
        assertThat(unnumbered.device()).isEqualTo(AGENT);
        assertThat(unnumbered.origin()).isEqualTo(Origin.ofReport("edge-1", 9, 10));
        assertThat(unnumbered.losses())
                .extracting(loss -> tuple(loss.boot(), loss.packs()))
                .containsExactly(tuple(0L, 1L));
        assertThat(reports).hasSize(3);
    }

    private static Stored pack(long offset, Origin origin) {
        Readings readings = new Readings(
                RACK, "", new Sampling().gauge(Point.POWER, NOW + offset, 1.5).series());
        byte[] value = PackCodec.encode(Dispatch.of(readings, origin, ClockQuality.DEVICE));
        return new Stored(offset, new Entry(Entry.Kind.READINGS, RACK.key(), NOW + offset, Map.of(), value));
    }
}
