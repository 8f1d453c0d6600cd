package org.heliograph.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.heliograph.agent.intake.GivingWay;
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
import org.heliograph.telemetry.wire.Presence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal of several pages, of which something has to give way again and again. */
class ShedderTest {
    private static final DeviceId AGENT = new DeviceId("casa1", "edge-1");
    private static final long START = Instant.parse("2026-07-01T10:00:00Z").toEpochMilli();
    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final int DEVICES = 600;
    private static final int PAGE = 1_000;
    private static final int MANY = 6 * PAGE;
    private static final long NEEDED = 16 << 10;

    private static final GivingWay THINS = new GivingWay(AGENT, device -> !device.equals("keep"), _ -> true, 1);
    private static final GivingWay DROPS = new GivingWay(AGENT, device -> !device.equals("keep"), 2);

    @TempDir
    private Path folder = Path.of("");

    private long last;

    /** Counts the rows that are read of it. */
    private static final class Counted extends FullDisk {
        private long rows;

        Counted(Database database) {
            super(database, new AtomicBoolean());
        }

        @Override
        public List<Stored> read(long after, int maxEntries, long maxBytes) throws SQLException {
            List<Stored> page = super.read(after, maxEntries, maxBytes);
            rows += page.size();
            return page;
        }
    }

    @Test
    void what_was_thinned_out_is_not_looked_at_for_it_again() throws Exception {
        try (Counted store = store()) {
            Shedder shedder = shedder(store, THINS);
            aPackAMinute(store, MANY);
            shed(shedder, store);
            assertThat(store.rows).isGreaterThan(MANY);

            store.rows = 0;
            aPackAMinute(store, 100);
            shed(shedder, store);
            assertThat(store.rows)
                    .as("the last page, what is new, and what goes")
                    .isLessThan(3 * PAGE);
        }
    }

    /** It takes a slow card longer than one answer may. */
    @Test
    void a_disk_that_is_read_page_for_page_has_answered_with_each_of_them() throws Exception {
        try (Counted store = store()) {
            AtomicInteger answers = new AtomicInteger();
            Shedder shedder = new Shedder(store, THINS, 1, 0, 0, answers::incrementAndGet);
            aPackAMinute(store, MANY);
            shed(shedder, store);
            assertThat(answers).hasValueGreaterThanOrEqualTo(MANY / PAGE);
        }
    }

    @Test
    void a_start_goes_on_where_an_earlier_one_had_thinned_out() throws Exception {
        try (Counted store = store()) {
            Shedder shedder = shedder(store, THINS);
            aPackAMinute(store, MANY);
            shed(shedder, store);
            Left left = shedder.left(new Room(
                    1_000,
                    THINS::yields,
                    new Left(1, 0, 0, Amount.NONE, Amount.NONE, Map.of("casa1/keep", 16L)),
                    Amount.NONE));
            Map<String, Long> numbers = new HashMap<>(left.numbers());
            numbers.put(Store.BOOT, 1L);
            assertThat(Left.of(numbers)).contains(left);

            store.rows = 0;
            shed(new Shedder(store, THINS, 2, last, left.thinned(), () -> {}), store);
            assertThat(store.rows).isLessThan(3 * PAGE);
        }
    }

    @Test
    void where_nothing_is_thinned_out_only_what_goes_is_read() throws Exception {
        try (Counted store = store()) {
            Shedder shedder = shedder(store, DROPS);
            aPackAMinute(store, MANY);
            shed(shedder, store);
            assertThat(store.rows).isEqualTo(PAGE);
        }
    }

    @Test
    void what_does_not_give_way_is_read_once_however_much_of_it_lies_before_what_does() throws Exception {
        try (Counted store = store()) {
            Shedder shedder = shedder(store, DROPS);
            for (int i = 0; i < MANY; i++) {
                add(store, pack("keep", START + i * MINUTE, 0));
            }
            aPackAMinute(store, DEVICES);
            shed(shedder, store);

            store.rows = 0;
            Shedder.Outcome outcome = shed(shedder, store);
            assertThat(outcome.yielding().bytes()).isGreaterThanOrEqualTo(NEEDED);
            assertThat(store.rows).isLessThanOrEqualTo(2 * PAGE);
        }
    }

    @Test
    void a_round_that_did_not_reach_the_disk_is_gone_through_once_more() throws Exception {
        try (Counted store = store()) {
            Shedder shedder = shedder(store, THINS);
            for (int i = 0; i < MANY; i++) {
                add(store, pack("rack-1", START + 10 * SECOND * i, 0));
            }
            store.commit();
            Shedder.Outcome failed = shedder.shed(NEEDED, 0, last + 1);
            store.rollback();

            assertThat(shed(shedder, store)).isEqualTo(failed);
        }
    }

    @Test
    void many_rounds_leave_of_each_minute_what_one_round_leaves_and_each_change_of_a_state() throws Exception {
        try (Counted store = store()) {
            Shedder shedder = shedder(store, THINS);
            for (int i = 0; i < 2 * MANY; i++) {
                // the leak comes and goes within each tenth minute
                add(store, pack("rack-1", START + 10 * SECOND * i, i % 60 == 3 ? 2 : 0));
            }
            store.commit();
            for (int round = 0; round < 100 && times(store, Point.POWER).size() > MANY / 3; round++) {
                shed(shedder, store, 1);
            }

            List<Long> lastOfMinute = new ArrayList<>();
            List<Long> leaks = new ArrayList<>();
            for (int i = 0; i < 2 * MANY; i++) {
                if (i % 6 == 5) {
                    lastOfMinute.add(START + 10 * SECOND * i);
                }
                if (i % 60 == 3 || i % 60 == 4) {
                    leaks.add(START + 10 * SECOND * i);
                }
            }
            assertThat(times(store, Point.POWER)).isEqualTo(lastOfMinute);
            assertThat(times(store, Point.LEAK)).containsAll(leaks);
        }
    }

    @Test
    void presences_that_stayed_are_looked_at_again_once_they_are_many() throws Exception {
        try (Counted store = store()) {
            Shedder shedder = shedder(store, DROPS);
            long bytes = 0;
            for (int i = 0; i < MANY; i++) {
                DeviceId device = new DeviceId("casa1", "rack-" + i % DEVICES);
                Presence presence = Presence.online(Instant.ofEpochMilli(START + i * SECOND), "birth");
                Entry entry = entry(Dispatch.of(device, new Origin("edge-1", 1, i / DEVICES), presence), START);
                add(store, entry);
                bytes += entry.sizeBytes();
            }
            store.commit();
            // of a page more than half stay
            Shedder.Outcome outcome = shedder.shed(bytes * 2 / 3, 0, last + 1);
            assertThat(outcome.yielding().bytes()).isGreaterThanOrEqualTo(bytes * 2 / 3);
        }
    }

    @Test
    void of_however_many_gaps_no_report_is_large() throws Exception {
        try (Counted store = store()) {
            Shedder shedder = shedder(store, DROPS);
            long bytes = 0;
            Readings readings = new Readings(
                    new DeviceId("casa1", "rack-1"),
                    "",
                    new Sampling().gauge(Point.POWER, START, 1).series());
            for (long i = 0; i < MANY; i++) { // an earlier agent has told apart of those between
                Dispatch pack = Dispatch.of(readings, new Origin("edge-1", 1, 2 * i), ClockQuality.DEVICE);
                Entry entry = entry(pack, START);
                add(store, entry);
                bytes += entry.sizeBytes();
            }
            store.commit();
            long lastPack = last;
            Shedder.Outcome outcome = shed(shedder, store, bytes);

            List<Stored> reports = store.reports(0);
            assertThat(store.readings()).isEmpty();
            assertThat(outcome.reports()).isEqualTo(reports.size());
            assertThat(reports)
                    .extracting(Stored::offset)
                    .doesNotHaveDuplicates()
                    .allMatch(offset -> offset > lastPack);
            long told = 0;
            for (Stored report : reports) {
                Dispatch dispatch = PackCodec.decode(report.entry().value());
                assertThat(report.entry().value()).hasSizeLessThan(64 << 10);
                assertThat(dispatch.origin().sequence()).isEqualTo(report.offset());
                told += dispatch.losses().stream().mapToLong(Loss::packs).sum();
            }
            assertThat(told).isEqualTo(MANY);
        }
    }

    private Counted store() throws Exception {
        return new Counted(Database.fresh(folder.resolve("agent.db"), 64 << 20));
    }

    private static Shedder shedder(Store store, GivingWay way) {
        return new Shedder(store, way, 1, 0, 0, () -> {});
    }

    private Shedder.Outcome shed(Shedder shedder, Store store) throws SQLException {
        return shed(shedder, store, NEEDED);
    }

    private Shedder.Outcome shed(Shedder shedder, Store store, long bytes) throws SQLException {
        Shedder.Outcome outcome = shedder.shed(bytes, 0, last + 1);
        last += outcome.reports();
        store.commit();
        shedder.committed();
        return outcome;
    }

    private void aPackAMinute(Store store, int packs) throws SQLException {
        for (int i = 0; i < packs; i++) {
            add(store, pack("rack-" + i % DEVICES, START + last / DEVICES * MINUTE, 0));
        }
    }

    private void add(Store store, Entry entry) throws SQLException {
        store.insert(++last, entry);
    }

    private Entry pack(String name, long millis, double leak) {
        DeviceId device = new DeviceId("casa1", name);
        Sampling sampling = new Sampling().gauge(Point.POWER, millis, 25).gauge(Point.LEAK, millis, leak);
        Origin origin = new Origin("edge-1", 1, last, false);
        return entry(Dispatch.of(new Readings(device, "", sampling.series()), origin, ClockQuality.DEVICE), millis);
    }

    private static Entry entry(Dispatch dispatch, long millis) {
        return new Entry(Entry.Kind.READINGS, dispatch.device().key(), millis, Map.of(), PackCodec.encode(dispatch));
    }

    /** The times of a point's samples that are left. */
    private static List<Long> times(Counted store, Point point) throws Exception {
        List<Long> times = new ArrayList<>();
        for (Stored stored : store.read(0, Integer.MAX_VALUE, Long.MAX_VALUE)) {
            Optional<Readings> readings =
                    PackCodec.decode(stored.entry().value()).readings();
            for (Series series : readings.map(Readings::series).orElse(List.of())) {
                for (int i = 0; i < series.size() && series.point() == point; i++) {
                    times.add(series.timeMillis(i));
                }
            }
        }
        return times;
    }
}
