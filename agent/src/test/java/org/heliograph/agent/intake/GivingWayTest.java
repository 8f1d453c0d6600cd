package org.heliograph.agent.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.heliograph.agent.intake.time.Restamping;
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
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.SequenceRange;
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

    @Test
    void of_points_that_come_in_packs_of_their_own_the_last_of_each_minute_stays() throws Exception {
        List<Point> points = List.of(Point.POWER, Point.VOLTAGE, Point.CURRENT);
        List<Stored> page = new ArrayList<>();
        for (int second = 0; second < 180; second += 5) {
            for (Point point : points) {
                long millis = START + second * SECOND;
                page.add(pack(page.size(), millis, new Sampling().gauge(point, millis, second)));
            }
        }

        List<Dispatch> left = left(page);

        assertThat(left)
                .extracting(GivingWayTest::onlySample)
                .containsExactly(
                        "power 55 s",
                        "voltage 55 s",
                        "current 55 s",
                        "power 115 s",
                        "voltage 115 s",
                        "current 115 s",
                        "power 175 s",
                        "voltage 175 s",
                        "current 175 s");
    }

    @Test
    void the_next_pack_that_stays_tells_of_those_that_went_before_it() throws Exception {
        List<Stored> page = new ArrayList<>();
        for (int second = 0; second < 6_000; second += 10) {
            long millis = START + second * SECOND;
            Point point = second % 30 == 20 ? Point.LEAK : Point.POWER;
            page.add(pack(
                    page.size(),
                    millis,
                    new Sampling().gauge(point, millis, point == Point.LEAK ? second / 30 % 2 : second)));
        }

        long next = 0;
        for (Dispatch pack : left(page)) {
            long number = pack.origin().sequence();
            List<SequenceRange> told = pack.losses().stream()
                    .flatMap(loss -> loss.ranges().stream())
                    .toList();
            assertThat(told).isEqualTo(number == next ? List.of() : List.of(new SequenceRange(next, number - 1)));
            assertThat(pack.losses().stream().mapToLong(Loss::readings).sum()).isEqualTo(number - next);
            next = number + 1;
        }
        assertThat(next).isEqualTo(page.size());
    }

    @Test
    void a_pack_that_waits_for_its_time_is_not_of_the_minute_of_another_start_of_the_machine() throws Exception {
        List<Stored> page = new ArrayList<>();
        for (String start : List.of("first", "second")) {
            for (int second = 0; second < 60; second += 20) {
                Stored pack = pack(
                        page.size(),
                        START + second * SECOND,
                        new Sampling().gauge(Point.POWER, START + second * SECOND, 1));
                Entry entry = pack.entry();
                page.add(pack.as(new Entry(
                        Entry.Kind.HELD,
                        entry.key(),
                        entry.timestampMillis(),
                        Map.of(Restamping.START, start),
                        entry.value())));
            }
        }

        assertThat(left(page)).extracting(pack -> pack.origin().sequence()).containsExactly(2L, 5L);
    }

    @Test
    void a_report_is_in_the_name_of_the_agent_that_numbered_what_is_gone() throws Exception {
        Origin former = new Origin("former-name", 7, 0);
        Shedding.Round round = new GivingWay(new DeviceId("casa1", "edge-1"), _ -> true, 1).round(9);
        round.drop(List.of(pack(former, 1), pack(new Origin("edge-1", 8, 0), 2), pack(former, 3)), 1 << 20);

        assertThat(round.keys()).containsExactly(RACK.key());
        List<Dispatch> reports = dispatches(round.reports(RACK.key(), Optional.empty(), 50));
        assertThat(reports)
                .extracting(Dispatch::origin)
                .containsExactly(Origin.ofReport("former-name", 9, 50), Origin.ofReport("edge-1", 9, 51));
        assertThat(reports)
                .flatExtracting(Dispatch::losses)
                .extracting(Loss::boot, Loss::readings)
                .containsExactly(tuple(7L, 2L), tuple(8L, 1L));
    }

    @Test
    void a_report_that_waits_takes_up_no_losses_of_what_another_agent_numbered() throws Exception {
        DeviceId agent = new DeviceId("casa1", "edge-1");
        Shedding.Round first = new GivingWay(agent, _ -> true, 1).round(9);
        first.drop(List.of(pack(new Origin("edge-1", 8, 0), 1)), 1 << 20);
        Entry earlier = first.reports(RACK.key(), Optional.empty(), 50).getFirst();
        Shedding.Round second = new GivingWay(agent, _ -> true, 1).round(9);
        second.drop(List.of(pack(new Origin("former-name", 7, 0), 2)), 1 << 20);

        List<Entry> reports = second.reports(RACK.key(), Optional.of(earlier), 51);

        assertThat(reports.getFirst().value()).isEqualTo(earlier.value());
        assertThat(dispatches(reports).getLast().origin()).isEqualTo(Origin.ofReport("former-name", 9, 51));
        assertThat(dispatches(reports).getLast().losses())
                .extracting(Loss::boot)
                .containsExactly(7L);
    }

    private static Stored pack(Origin origin, long offset) {
        long millis = START + offset * SECOND;
        return pack(origin, offset, millis, new Sampling().gauge(Point.POWER, millis, 1));
    }

    private static Stored pack(long number, long millis, Sampling sampling) {
        return pack(new Origin("edge-1", 1, number), number + 1, millis, sampling);
    }

    private static Stored pack(Origin origin, long offset, long millis, Sampling sampling) {
        Dispatch dispatch = Dispatch.of(new Readings(RACK, "", sampling.series()), origin, ClockQuality.DEVICE);
        return new Stored(
                offset, new Entry(Entry.Kind.READINGS, RACK.key(), millis, Map.of(), PackCodec.encode(dispatch)));
    }

    private static String onlySample(Dispatch pack) {
        Series series = pack.readings().orElseThrow().series().getFirst();
        return series.point().label() + " " + (series.timeMillis(0) - START) / SECOND + " s";
    }

    /** What is left after one round, of pages of a few. */
    private static List<Dispatch> left(List<Stored> entries) throws Exception {
        Shedding.Round round = new GivingWay(new DeviceId("casa1", "edge-1"), _ -> true, _ -> true, 1).round(1);
        Map<Long, Entry> left = new TreeMap<>();
        entries.forEach(stored -> left.put(stored.offset(), stored.entry()));
        for (int first = 0; first < entries.size(); first += 4) {
            for (Shedding.Change change : round.thin(entries.subList(first, Math.min(entries.size(), first + 4)))) {
                switch (change) {
                    case Shedding.Change.Drop drop -> left.remove(drop.before().offset());
                    case Shedding.Change.Replace replaced ->
                        left.put(replaced.before().offset(), replaced.after());
                }
            }
        }
        return dispatches(left.values());
    }

    private static List<Dispatch> dispatches(Collection<Entry> entries) throws Exception {
        List<Dispatch> dispatches = new ArrayList<>();
        for (Entry entry : entries) {
            dispatches.add(PackCodec.decode(entry.value()));
        }
        return dispatches;
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
