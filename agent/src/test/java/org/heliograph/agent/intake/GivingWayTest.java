package org.heliograph.agent.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Shedding;
import org.heliograph.agent.journal.Stored;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.wire.ClockQuality;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.junit.jupiter.api.Test;

class GivingWayTest {
    private static final DeviceId RACK = new DeviceId("casa1", "rack-1");
    private static final long START = Instant.parse("2026-07-01T10:00:00Z").toEpochMilli();
    private static final long SECOND = 1_000;

    @Test
    void a_leak_that_came_and_went_within_a_minute_stays_with_the_moments_of_its_changes() throws Exception {
        List<Stored> page = new ArrayList<>();
        for (int second = 0; second < 60; second += 5) {
            page.add(pack(second, second >= 10 && second < 40 ? 2 : 0));
        }

        Map<Long, Optional<Readings>> left = thinned(page);

        List<String> leaks = new ArrayList<>();
        List<String> temperatures = new ArrayList<>();
        for (Optional<Readings> readings : left.values()) {
            for (Series series : readings.map(Readings::series).orElse(List.of())) {
                for (int i = 0; i < series.size(); i++) {
                    (series.point() == Point.LEAK ? leaks : temperatures)
                            .add((series.timeMillis(i) - START) / SECOND + " s: "
                                    + (int) ((Series.Gauge) series).value(i));
                }
            }
        }
        assertThat(leaks).containsExactly("0 s: 0", "10 s: 2", "40 s: 0", "55 s: 0");
        assertThat(temperatures).containsExactly("55 s: 25");
    }

    private static Stored pack(int second, double leak) {
        long millis = START + second * SECOND;
        Sampling sampling = new Sampling().gauge(Point.INLET_TEMP, millis, 25).gauge(Point.LEAK, millis, leak);
        Dispatch dispatch = Dispatch.of(
                new Readings(RACK, "", sampling.series()),
                new Origin("edge-1", 1, second + 1, false),
                ClockQuality.DEVICE);
        return new Stored(
                second + 1,
                new Entry(Entry.Kind.READINGS, "casa1/rack-1", millis, Map.of(), PackCodec.encode(dispatch)));
    }

    /** What is left of each entry, by its offset, after one round. */
    private static Map<Long, Optional<Readings>> thinned(List<Stored> page) throws Exception {
        Map<Long, Optional<Readings>> left = new LinkedHashMap<>();
        for (Stored stored : page) {
            left.put(stored.offset(), PackCodec.decode(stored.entry().value()).readings());
        }
        GivingWay policy = new GivingWay(new DeviceId("casa1", "edge-1"), _ -> true, _ -> true, 1);
        for (Shedding.Change change : policy.round(1).thin(page)) {
            left.put(
                    change.before().offset(),
                    switch (change) {
                        case Shedding.Change.Drop _ -> Optional.empty();
                        case Shedding.Change.Replace replaced ->
                            PackCodec.decode(replaced.after().value()).readings();
                    });
        }
        return left;
    }
}
