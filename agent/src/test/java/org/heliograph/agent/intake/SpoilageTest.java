package org.heliograph.agent.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.journal.JournalException;
import org.heliograph.agent.journal.Stored;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.ClockQuality;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.MalformedPackException;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.SequenceRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that changes single entries of a file in which SQLite finds nothing wrong. */
class SpoilageTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-07-01T10:00:00Z"));
    private static final DeviceId AGENT = new DeviceId("casa1", "edge-1");
    private static final DeviceId INVERTER = new DeviceId("casa1", "inv-01");
    private static final DeviceId METER = new DeviceId("casa1", "util-1");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void what_is_sound_goes_as_it_is() throws Exception {
        journal();
        try (Journal journal = open()) {
            List<Stored> stored = journal.read(0, 100);
            assertThat(told(journal, stored)).isSameAs(stored);
        }
    }

    @Test
    void a_changed_reading_is_told_as_lost_of_its_device_by_its_number() throws Exception {
        long boot = journal();
        Dispatch otherwise = Dispatch.of(readings(INVERTER, 2, 99), new Origin("edge-1", boot, 1), ClockQuality.DEVICE);
        spoil("value = x'" + HexFormat.of().formatHex(PackCodec.encode(otherwise)) + "'", 3);

        try (Journal journal = open()) {
            List<Stored> told = told(journal, journal.read(0, 100));

            assertThat(told).extracting(Stored::offset).containsExactly(1L, 2L, 3L, 3L, 4L, 5L, 6L);
            assertThat(told.get(2).entry().kind()).isEqualTo(Entry.Kind.DEAD_LETTER);
            Stored report = told.get(3);
            assertThat(report.entry().kind()).isEqualTo(Entry.Kind.REPORT);
            assertThat(report.entry().key()).isEqualTo(INVERTER.key());
            assertThat(decode(report).origin().report()).isTrue();
            assertThat(decode(report).losses()).singleElement().satisfies(loss -> {
                assertThat(loss.reason()).isEqualTo(Loss.JOURNAL_DAMAGED);
                assertThat(loss.boot()).isEqualTo(boot);
                assertThat(loss.ranges()).containsExactly(new SequenceRange(1, 1));
                assertThat(loss.packs()).isOne();
            });
        }
    }

    @Test
    void what_another_agent_had_numbered_is_told_as_lost_in_its_name() throws Exception {
        journal();
        spoil("timestamp_ms = 1", 3);
        DeviceId present = new DeviceId("casa1", "edge-2"); // the journal was moved, or the agent renamed

        try (Journal journal = open()) {
            Dispatch report = decode(new Spoilage(present, journal.born())
                    .told(journal.read(0, 100))
                    .get(3));

            assertThat(report.device()).isEqualTo(INVERTER);
            assertThat(report.origin()).isEqualTo(Origin.ofReport("edge-1", journal.born(), 3));
        }
    }

    @Test
    void one_that_says_no_more_whose_it_was_is_told_of_the_agent() throws Exception {
        journal();
        spoil("value = x'ff'", 3);
        spoil("key = 'casa1/nobody'", 4);

        try (Journal journal = open()) {
            List<Stored> reports = told(journal, journal.read(0, 100)).stream()
                    .filter(stored -> stored.entry().kind() == Entry.Kind.REPORT)
                    .toList();

            assertThat(reports).hasSize(2).allSatisfy(report -> {
                assertThat(report.entry().key()).isEqualTo(AGENT.key());
                assertThat(decode(report).losses()).singleElement().satisfies(loss -> {
                    assertThat(loss.ranges()).isEmpty();
                    assertThat(loss.packs()).isOne();
                });
            });
        }
    }

    @Test
    void a_number_that_no_neighbour_confirms_is_not_believed() throws Exception {
        journal();
        // of another device, the only one of its start
        spoil("value = (SELECT value FROM entry WHERE offset = 1)", 2);

        try (Journal journal = open()) {
            assertThat(told(journal, journal.read(1, 1)).getLast().entry().key())
                    .isEqualTo(AGENT.key());
        }
    }

    @Test
    void the_same_loss_has_the_same_origin_at_each_sending() throws Exception {
        journal();
        spoil("value = x'ff'", 3);

        Dispatch first;
        try (Journal journal = open()) {
            first = decode(told(journal, journal.read(0, 100)).get(3));
        }
        try (Journal journal = open()) {
            assertThat(journal.boot()).isNotEqualTo(first.origin().boot());
            assertThat(decode(told(journal, journal.read(2, 100)).get(1)).origin())
                    .isEqualTo(first.origin());
        }
    }

    @Test
    void a_dead_letter_that_is_changed_is_no_loss() throws Exception {
        journal();
        try (Journal journal = open()) {
            intake(journal)
                    .refuse("no JSON", new Arrival("hg/x", INVERTER, new byte[] {1, 2, 3}, Moment.of(CLOCK.instant())))
                    .get();
        }
        spoil("value = x'ff'", 7);

        try (Journal journal = open()) {
            List<Stored> stored = journal.read(0, 100);
            assertThat(stored.getLast().entry().headers().get("reason")).contains("the disk has changed it");
            assertThat(told(journal, stored)).isSameAs(stored);
        }
    }

    private List<Stored> told(Journal journal, List<Stored> entries) {
        return new Spoilage(AGENT, journal.born()).told(entries);
    }

    /** Six packs of two devices in turn; the start that wrote them. */
    private long journal() throws Exception {
        try (Journal journal = open()) {
            JournalingIntake intake = intake(journal);
            for (int i = 0; i < 6; i++) {
                DeviceId device = i % 2 == 0 ? INVERTER : METER;
                intake.offer(
                                readings(device, i, 1.5),
                                Stamp.DEVICE,
                                new Arrival("hg/x", device, new byte[0], Moment.of(CLOCK.instant())))
                        .get();
            }
            return journal.boot();
        }
    }

    private static Readings readings(DeviceId device, int number, double watts) {
        long millis = CLOCK.instant().toEpochMilli() + number;
        return new Readings(
                device, "", new Sampling().gauge(Point.POWER, millis, watts).series());
    }

    private static JournalingIntake intake(Journal journal) {
        return new JournalingIntake(journal, AGENT.device(), CLOCK);
    }

    private void spoil(String change, int offset) throws Exception {
        try (Connection disk = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("agent.db"));
                Statement statement = disk.createStatement()) {
            statement.executeUpdate("UPDATE entry SET " + change + " WHERE offset = " + offset);
        }
    }

    private Journal open() throws JournalException {
        return Journal.open(folder.resolve("agent.db"), new Journal.Limits(Duration.ZERO, 500, 1 << 20), CLOCK);
    }

    private static Dispatch decode(Stored stored) {
        try {
            return PackCodec.decode(stored.entry().value());
        } catch (MalformedPackException e) {
            throw new AssertionError(e);
        }
    }
}
