package org.heliograph.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.heliograph.agent.intake.GivingWay;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.ClockQuality;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full journal of several pages is looked through for what may be thinned out, on a disk that takes its time. */
class LongLookTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-07-01T10:00:00Z"));
    private static final Journal.Limits LIMITS = new Journal.Limits(Duration.ofMillis(2), 500, 512 << 10);
    private static final GivingWay THINS = new GivingWay(new DeviceId("casa1", "edge-1"), _ -> true, _ -> true, 1);
    private static final int SILENT_AT = 2;

    @TempDir
    private Path folder = Path.of("");

    private final AtomicLong nanos = new AtomicLong();

    /** Answers each question just in time, but for one. */
    private final class Slow extends FullDisk {
        private final List<Optional<String>> said = new ArrayList<>();
        private final List<Append> meanwhile = new ArrayList<>();
        private Optional<Journal> asked = Optional.empty();

        Slow(Database database) {
            super(database, new AtomicBoolean());
        }

        @Override
        public List<Stored> read(long after, int maxEntries, long maxBytes) throws SQLException {
            nanos.addAndGet(Stall.ANSWER_WITHIN.toNanos() + (said.size() == SILENT_AT ? 1 : 0));
            Journal journal = asked.orElseThrow();
            said.add(journal.failure());
            meanwhile.add(journal.append(pack(0)));
            return super.read(after, maxEntries, maxBytes);
        }
    }

    @Test
    void a_disk_is_silent_when_one_answer_does_not_come_and_not_when_many_take_long() throws Exception {
        Path file = folder.resolve("agent.db");
        JournalFile held = JournalFile.lock(file);
        Slow disk = new Slow(held.open(LIMITS, THINS, CLOCK));
        try (Journal journal =
                Opening.over(disk, Database.reader(file), held, LIMITS, THINS, CLOCK, new Stall(nanos::get))) {
            disk.asked = Optional.of(journal);
            for (int minute = 0; disk.said.isEmpty(); minute++) {
                assertThat(journal.append(pack(minute))).isInstanceOf(Append.Taken.class);
                if (minute % LIMITS.commitAt() == 0) {
                    assertThat(journal.writer().writeQueued()).isTrue();
                }
            }

            assertThat(disk.said).hasSizeGreaterThan(SILENT_AT + 1);
            for (int page = 0; page < disk.said.size(); page++) {
                boolean isSilent = page == SILENT_AT;
                assertThat(disk.said.get(page))
                        .as("page " + page)
                        .isEqualTo(isSilent ? Optional.of("the disk hasn't answered for 10 s") : Optional.empty());
                assertThat(disk.meanwhile.get(page)).isInstanceOf(isSilent ? Append.Full.class : Append.Taken.class);
            }
            assertThat(journal.isWriting()).isTrue();
            journal.writer().start();
        }
    }

    private static Entry pack(int minute) {
        DeviceId device = new DeviceId("casa1", "rack-1");
        long millis = CLOCK.millis() + Duration.ofMinutes(minute).toMillis();
        Readings readings = new Readings(
                device, "", new Sampling().gauge(Point.POWER, millis, 25).series());
        byte[] value = PackCodec.encode(Dispatch.of(readings, new Origin("edge-1", 1, minute), ClockQuality.DEVICE));
        return new Entry(Entry.Kind.READINGS, device.key(), millis, Map.of(), value);
    }
}
