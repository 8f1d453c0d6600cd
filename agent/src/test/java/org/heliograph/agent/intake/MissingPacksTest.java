package org.heliograph.agent.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.ClockQuality;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.SequenceRange;
import org.junit.jupiter.api.Test;

class MissingPacksTest {
    private static final DeviceId INVERTER = new DeviceId("casa1", "inv-01");
    private static final DeviceId METER = new DeviceId("casa1", "util-1");

    private final MissingPacks missing = new MissingPacks();

    @Test
    void numbers_between_packs_are_missing_and_those_before_the_first_are_not() {
        packs(INVERTER, 1, 5, 6, 9, 12);
        packs(INVERTER, 2, 0, 1);
        packs(METER, 1, 3, 4);

        assertThat(missing.ranges())
                .isEqualTo(Map.of(
                        new MissingPacks.Start(INVERTER, "edge-1", 1),
                        List.of(new SequenceRange(7, 8), new SequenceRange(10, 11))));
    }

    @Test
    void what_was_told_is_not_missing_whether_it_is_told_before_or_after() {
        packs(INVERTER, 1, 0, 10);
        told(INVERTER, 1, new SequenceRange(2, 3), new SequenceRange(9, 30));
        packs(INVERTER, 1, 20);

        assertThat(missing.ranges())
                .isEqualTo(Map.of(
                        new MissingPacks.Start(INVERTER, "edge-1", 1),
                        List.of(new SequenceRange(1, 1), new SequenceRange(4, 8))));
        told(INVERTER, 1, new SequenceRange(0, 8));
        assertThat(missing.ranges()).isEmpty();
    }

    private void packs(DeviceId device, long boot, long... sequences) {
        for (long sequence : sequences) {
            Readings readings = new Readings(
                    device, "", new Sampling().gauge(Point.POWER, 1, 1).series());
            missing.look(Dispatch.of(readings, new Origin("edge-1", boot, sequence), ClockQuality.DEVICE));
        }
    }

    private void told(DeviceId device, long boot, SequenceRange... ranges) {
        long packs = 0;
        for (SequenceRange range : ranges) {
            packs += range.size();
        }
        missing.look(Dispatch.of(
                device,
                new Origin("edge-1", boot + 1, 99, true),
                List.of(new Loss(
                        Loss.DROPPED_OLDEST, boot, List.of(ranges), packs, 0, Optional.empty(), Optional.empty()))));
    }
}
