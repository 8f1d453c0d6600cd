package org.heliograph.agent.intake.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.heliograph.agent.intake.time.Machine.Sync;
import org.heliograph.agent.intake.time.Standing.Believed;
import org.heliograph.agent.intake.time.Standing.Cause;
import org.heliograph.agent.intake.time.Standing.Held;
import org.junit.jupiter.api.Test;

class StandingTest {
    private static final long NOW = Instant.parse("2026-07-01T10:00:00Z").toEpochMilli();
    private static final long WRITTEN = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private static final Standing.Rules RULES = new Standing.Rules(WRITTEN, NOW - 3_600_000, Duration.ofMinutes(10));
    private static final Standing FRESH = Standing.FIRST;

    @Test
    void a_clock_that_is_kept_right_is_believed_at_once() {
        assertThat(next(FRESH, NOW, 5_000, Sync.YES)).isEqualTo(new Believed(NOW - 5_000, true));
    }

    @Test
    void a_clock_from_before_the_agent_was_written_is_never_believed() {
        assertThat(next(FRESH, 0, 5_000, Sync.NO))
                .isEqualTo(new Held(Cause.BEFORE_THE_AGENT, "the clock says 1970-01-01T00:00:00Z"));
        assertThat(next(FRESH, WRITTEN - 1, 86_400_000, Sync.YES)).isInstanceOf(Held.class);
        assertThat(next(new Believed(NOW, true), WRITTEN - 1, 86_400_000, Sync.NO))
                .isInstanceOf(Held.class);
    }

    @Test
    void a_clock_behind_what_was_seen_already_waits_for_a_time_service() {
        long hourAndMore = NOW - 3_600_000 - Standing.BEHIND_MILLIS - 1;
        assertThat(next(FRESH, hourAndMore, 86_400_000, Sync.NO)).isInstanceOf(Held.class);
        // what was seen may have been wrong itself
        assertThat(next(FRESH, hourAndMore, 86_400_000, Sync.YES)).isInstanceOf(Believed.class);
    }

    @Test
    void a_time_service_is_waited_for_after_the_start_of_the_machine_but_not_for_ever() {
        for (Sync sync : new Sync[] {Sync.NO, Sync.UNKNOWN}) {
            assertThat(next(FRESH, NOW, 599_999, sync))
                    .isEqualTo(new Held(Cause.NOT_SET_YET, "no time service has set the clock yet"));
            assertThat(next(FRESH, NOW, 600_000, sync)).isEqualTo(new Believed(NOW - 600_000, false));
        }
    }

    @Test
    void a_service_that_goes_away_changes_the_quality_not_the_trust() {
        Standing believed = next(FRESH, NOW, 5_000, Sync.YES);
        assertThat(next(believed, NOW + 1_000, 6_000, Sync.NO)).isEqualTo(new Believed(NOW - 5_000, false));
    }

    @Test
    void another_cause_of_doubt_is_a_change_another_time_on_the_clock_is_none() {
        long behind = NOW - 3_600_000 - Standing.BEHIND_MILLIS - 10_000;
        Standing tooEarly = next(FRESH, 0, 5_000, Sync.NO);
        Standing seenLater = next(tooEarly, behind, 6_000, Sync.NO);
        assertThat(Standing.isChange(FRESH, tooEarly)).isTrue();
        assertThat(Standing.isChange(tooEarly, next(tooEarly, 1_000, 6_000, Sync.NO)))
                .isFalse();
        assertThat(Standing.isChange(tooEarly, seenLater)).isTrue();
        assertThat(Standing.isChange(seenLater, next(seenLater, behind + 1_000, 7_000, Sync.NO)))
                .isFalse();
        Standing believed = next(seenLater, NOW, 8_000, Sync.YES);
        assertThat(Standing.isChange(seenLater, believed)).isTrue();
        assertThat(Standing.isChange(believed, next(believed, NOW + 1_000, 9_000, Sync.YES)))
                .isFalse();
        assertThat(Standing.isChange(believed, next(believed, NOW + 1_000, 9_000, Sync.NO)))
                .isTrue();
    }

    @Test
    void a_step_is_told_from_the_clock_s_own_going() {
        Standing before = next(FRESH, NOW, 5_000, Sync.YES);
        assertThat(Standing.stepMillis(before, next(before, NOW + 60_500, 65_000, Sync.YES)))
                .isZero();
        assertThat(Standing.stepMillis(before, next(before, NOW + 7_260_000, 65_000, Sync.YES)))
                .isEqualTo(7_200_000);
        assertThat(Standing.stepMillis(before, next(before, NOW - 3_540_000, 65_000, Sync.YES)))
                .isEqualTo(-3_600_000);
        assertThat(Standing.stepMillis(FRESH, before)).isZero();
    }

    private static Standing next(Standing before, long wallMillis, long upMillis, Sync sync) {
        return Standing.next(before, RULES, wallMillis, upMillis, sync);
    }
}
