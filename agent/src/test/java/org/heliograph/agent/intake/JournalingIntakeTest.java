package org.heliograph.agent.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.heliograph.agent.intake.time.Plausibility;
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
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.Presence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalingIntakeTest {
    private static final Instant NOW = Instant.parse("2026-07-01T10:00:00Z");
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);
    private static final DeviceId INVERTER = new DeviceId("casa1", "inv-01");
    private static final DeviceId METER = new DeviceId("casa1", "util-1");
    private static final byte[] PAYLOAD = "[the payload]".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder = Path.of("");

    @Test
    void readings_are_kept_as_they_travel_with_their_origin() throws Exception {
        try (Journal journal = open(1 << 20)) {
            JournalingIntake intake = intake(journal);
            Readings readings = readings(INVERTER, NOW.minusSeconds(3));

            assertThat(intake.offer(readings, Stamp.DEVICE, arrival(INVERTER)).get())
                    .isInstanceOf(Admission.Kept.class);

            Entry entry = journal.read(0, 10).getFirst().entry();
            assertThat(entry.kind()).isEqualTo(Entry.Kind.READINGS);
            assertThat(entry.key()).isEqualTo("casa1/inv-01");
            assertThat(entry.timestampMillis()).isEqualTo(NOW.minusSeconds(3).toEpochMilli());
            Dispatch pack = PackCodec.decode(entry.value());
            assertThat(pack.readings()).contains(readings);
            assertThat(pack.origin()).isEqualTo(new Origin("edge-1", journal.boot(), 0));
        }
    }

    @Test
    void each_device_counts_from_0_without_gaps_in_the_order_of_the_journal() throws Exception {
        try (Journal journal = open(1 << 20)) {
            JournalingIntake intake = intake(journal);
            List<Thread> threads = new ArrayList<>();
            for (DeviceId device : List.of(INVERTER, METER, INVERTER, METER)) {
                threads.add(Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < 250; i++) {
                        intake.offer(readings(device, NOW), Stamp.DEVICE, arrival(device))
                                .join();
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }

            List<Stored> stored = journal.read(0, 10_000);
            for (DeviceId device : List.of(INVERTER, METER)) {
                List<Long> sequences = new ArrayList<>();
                for (Stored one : stored) {
                    if (one.entry().key().equals(device.key())) {
                        sequences.add(
                                PackCodec.decode(one.entry().value()).origin().sequence());
                    }
                }
                assertThat(sequences).hasSize(500).isSorted().doesNotHaveDuplicates();
                assertThat(sequences.getFirst()).isZero();
                assertThat(sequences.getLast()).isEqualTo(499);
            }
        }
    }

    @Test
    void a_pack_that_is_turned_away_uses_no_number() throws Exception {
        Readings readings = readings(INVERTER, NOW);
        long size = new Entry(
                        Entry.Kind.READINGS,
                        INVERTER.key(),
                        0,
                        Map.of(),
                        PackCodec.encode(Dispatch.of(readings, new Origin("edge-1", 1, 0), ClockQuality.DEVICE)))
                .sizeBytes();
        try (Journal journal = open(size + size / 2)) {
            JournalingIntake intake = intake(journal);
            intake.offer(readings, Stamp.DEVICE, arrival(INVERTER)).get();

            assertThat(intake.offer(readings, Stamp.DEVICE, arrival(INVERTER)).get())
                    .isInstanceOf(Admission.Full.class);
            List<Stored> first = journal.read(0, 10);
            journal.confirm(first);
            Admission admission = new Admission.Full(0);
            long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
            while (admission instanceof Admission.Full && System.nanoTime() < deadline) {
                admission =
                        intake.offer(readings, Stamp.DEVICE, arrival(INVERTER)).get();
            }

            assertThat(admission).isInstanceOf(Admission.Kept.class);
            byte[] value = journal.read(first.getLast().offset(), 10)
                    .getFirst()
                    .entry()
                    .value();
            assertThat(PackCodec.decode(value).origin().sequence()).isEqualTo(1);
            assertThat(intake.counts().kept()).isEqualTo(2);
            assertThat(intake.counts().turnedAway()).isPositive();
        }
    }

    @Test
    void a_device_that_fills_the_journal_is_refused_and_told_of_and_the_others_have_room() throws Exception {
        try (Journal journal = open(16 << 10)) {
            JournalingIntake journaling = intake(journal);
            RateLimit intake = new RateLimit(journaling, 20, 100_000, CLOCK);
            intake.offer(readings(METER, NOW), Stamp.DEVICE, arrival(METER)).get();
            for (int i = 1; i <= 7; i++) { // as in a hall, nine with the two
                DeviceId rack = new DeviceId("casa1", "pdu-" + i);
                intake.offer(readings(rack, NOW), Stamp.DEVICE, arrival(rack)).get();
            }
            Admission last = new Admission.Kept(0);
            while (last instanceof Admission.Kept) {
                last = intake.offer(readings(INVERTER, NOW), Stamp.DEVICE, arrival(INVERTER))
                        .get();
            }

            assertThat(last)
                    .isEqualTo(new Admission.Refused(
                            "the rest of the journal's 16384 bytes is for devices that hold less of it", true));
            assertThat(intake.offer(readings(METER, NOW), Stamp.DEVICE, arrival(METER))
                            .get())
                    .isInstanceOf(Admission.Kept.class);
            journaling.tellUntold(Duration.ZERO);
            IntakeCounts counts = journaling.counts();
            assertThat(counts).isEqualTo(new IntakeCounts(counts.kept() + 1, counts.kept(), 0, 1, 0));

            List<Stored> before = journal.read(0, 10_000);
            journal.confirm(before);
            intake.offer(readings(INVERTER, NOW), Stamp.DEVICE, arrival(INVERTER))
                    .get();
            byte[] value = journal.read(before.getLast().offset(), 10)
                    .getFirst()
                    .entry()
                    .value();
            assertThat(PackCodec.decode(value).losses())
                    .singleElement()
                    .satisfies(loss -> assertThat(loss.reason()).isEqualTo(Loss.OVER_LIMIT));
        }
    }

    @Test
    void a_dead_letter_that_the_disk_is_too_slow_for_is_dropped_counted_and_not_waited_for() throws Exception {
        Journal.Limits slow = new Journal.Limits(Duration.ofMinutes(5), 500, 64 << 20);
        Arrival large = new Arrival("hg/x", null, new byte[JournalingIntake.DEAD_LETTER_BYTES_MAX], Moment.of(NOW));
        try (Journal journal = Journal.open(folder.resolve("agent.db"), slow, CLOCK)) {
            JournalingIntake intake = intake(journal);
            List<CompletableFuture<Admission>> answers = new ArrayList<>();
            for (int i = 0; i < 65; i++) {
                answers.add(intake.refuse("bad", large));
            }

            assertThat(answers.getLast()).isCompletedWithValue(new Admission.Refused("bad"));
            assertThat(answers.getFirst()).as("the disk has it not yet").isNotDone();
            assertThat(journal.droppedDeadLetters()).isPositive();
            assertThat(intake.counts().turnedAway()).isZero();
        }
        try (Journal journal = open(64 << 20)) {
            assertThat(journal.backlog().entries() + journal.droppedDeadLetters())
                    .isEqualTo(65);
        }
    }

    @Test
    void a_device_that_is_ahead_gets_the_time_of_its_arrival_and_is_counted() throws Exception {
        try (Journal journal = open(1 << 20)) {
            JournalingIntake intake = intake(journal);
            Instant ahead = NOW.plus(Plausibility.AHEAD_MAX).plusMillis(1);

            assertThat(intake.offer(readings(INVERTER, ahead), Stamp.DEVICE, arrival(INVERTER))
                            .get())
                    .isInstanceOf(Admission.Kept.class);

            Entry entry = journal.read(0, 10).getFirst().entry();
            Dispatch pack = PackCodec.decode(entry.value());
            assertThat(pack.readings()).contains(readings(INVERTER, NOW));
            assertThat(pack.clock()).isEqualTo(ClockQuality.ARRIVAL);
            assertThat(entry.timestampMillis()).isEqualTo(NOW.toEpochMilli());
            assertThat(intake.unbelieved()).isEqualTo(Map.of(INVERTER, 1L));
        }
    }

    @Test
    void what_a_broker_had_kept_is_refused_with_its_bytes_if_its_own_time_cannot_be() throws Exception {
        try (Journal journal = open(1 << 20)) {
            JournalingIntake intake = intake(journal);
            Arrival kept = new Arrival("hg/casa1/inv-01/senml", INVERTER, PAYLOAD, Moment.of(NOW), false);
            Instant unset = Instant.parse("2000-01-01T00:00:00Z");

            Admission ahead = intake.offer(readings(INVERTER, NOW.plus(Duration.ofDays(1))), Stamp.DEVICE, kept)
                    .get();
            Admission never =
                    intake.offer(readings(INVERTER, unset), Stamp.DEVICE, kept).get();
            Admission plausible = intake.offer(readings(INVERTER, NOW.minus(Duration.ofHours(47))), Stamp.DEVICE, kept)
                    .get();

            String reason = "a reading of 2026-07-02T10:00:00Z is 86400 s ahead of the agent's clock,"
                    + " and since when it was kept on its way nobody knows";
            assertThat(ahead).isEqualTo(new Admission.Refused(reason));
            assertThat(never).isInstanceOf(Admission.Refused.class);
            assertThat(plausible).isInstanceOf(Admission.Kept.class);
            Entry letter = journal.read(0, 10).getFirst().entry();
            assertThat(letter.kind()).isEqualTo(Entry.Kind.DEAD_LETTER);
            assertThat(letter.value()).isEqualTo(PAYLOAD);
            assertThat(letter.timestampMillis()).isEqualTo(NOW.toEpochMilli());
            assertThat(letter.headers())
                    .isEqualTo(Map.of("reason", reason, "stage", "agent", "source", "hg/casa1/inv-01/senml"));
            assertThat(intake.counts()).isEqualTo(new IntakeCounts(3, 1, 2, 0, 0));
        }
    }

    @Test
    void a_time_from_before_there_was_an_agent_is_of_a_clock_that_is_not_set() throws Exception {
        try (Journal journal = open(1 << 20)) {
            Instant fellBack = Instant.parse("2021-01-01T00:00:00Z");

            intake(journal)
                    .offer(readings(INVERTER, fellBack), Stamp.DEVICE, arrival(INVERTER))
                    .get();

            assertThat(PackCodec.decode(journal.read(0, 10).getFirst().entry().value())
                            .readings())
                    .contains(readings(INVERTER, NOW));
        }
    }

    @Test
    void five_minutes_ahead_and_any_past_that_a_device_may_mean_are_accepted() throws Exception {
        try (Journal journal = open(1 << 20)) {
            JournalingIntake intake = intake(journal);
            for (Instant at : List.of(NOW.plus(Plausibility.AHEAD_MAX), JournalingIntake.DEVICE_TIME_FROM)) {
                assertThat(intake.offer(readings(INVERTER, at), Stamp.DEVICE, arrival(INVERTER))
                                .get())
                        .isInstanceOf(Admission.Kept.class);
            }
        }
    }

    @Test
    void a_payload_beyond_the_limit_is_cut_and_says_so() throws Exception {
        try (Journal journal = open(1 << 20)) {
            byte[] large = new byte[JournalingIntake.DEAD_LETTER_BYTES_MAX + 1];

            CompletableFuture<Admission> answer =
                    intake(journal).refuse("too large", new Arrival("hg/x", null, large, Moment.of(NOW)));

            assertThat(answer.get()).isEqualTo(new Admission.Refused("too large"));
            Entry letter = journal.read(0, 10).getFirst().entry();
            assertThat(letter.key()).isEmpty();
            assertThat(letter.value()).hasSize(JournalingIntake.DEAD_LETTER_BYTES_MAX);
            assertThat(letter.headers())
                    .containsEntry("reason", "too large (the first 16384 of 16385 bytes are kept)")
                    .containsEntry("truncated", "16385");
        }
    }

    @Test
    void presence_is_numbered_among_the_readings_of_its_device() throws Exception {
        try (Journal journal = open(1 << 20)) {
            JournalingIntake intake = intake(journal);
            Presence dead = Presence.offline(NOW.minusSeconds(1), "NDEATH");
            intake.offer(readings(INVERTER, NOW), Stamp.DEVICE, arrival(INVERTER))
                    .get();

            assertThat(intake.announce(INVERTER, dead).get()).isInstanceOf(Admission.Kept.class);

            Entry entry = journal.read(0, 10).getLast().entry();
            assertThat(entry.key()).isEqualTo("casa1/inv-01");
            assertThat(entry.timestampMillis()).isEqualTo(NOW.minusSeconds(1).toEpochMilli());
            assertThat(PackCodec.decode(entry.value()))
                    .isEqualTo(Dispatch.of(INVERTER, new Origin("edge-1", journal.boot(), 1), dead));
        }
    }

    @Test
    void what_a_source_has_lost_travels_once_with_the_next_pack_of_the_device() throws Exception {
        try (Journal journal = open(1 << 20)) {
            JournalingIntake intake = intake(journal);
            intake.lost(INVERTER, Loss.TURNED_AWAY, 1, 3);
            intake.lost(INVERTER, Loss.TURNED_AWAY, 1, 4);

            intake.offer(readings(METER, NOW), Stamp.DEVICE, arrival(METER)).get();
            intake.offer(readings(INVERTER, NOW), Stamp.DEVICE, arrival(INVERTER))
                    .get();
            intake.offer(readings(INVERTER, NOW), Stamp.DEVICE, arrival(INVERTER))
                    .get();

            Loss loss = new Loss(Loss.TURNED_AWAY, 0, List.of(), 2, 7, Optional.empty(), Optional.empty());
            assertThat(journal.read(0, 10))
                    .extracting(
                            stored -> PackCodec.decode(stored.entry().value()).losses())
                    .containsExactly(List.of(), List.of(loss), List.of());
        }
    }

    @Test
    void what_was_lost_of_a_device_that_says_nothing_more_travels_by_itself() throws Exception {
        try (Journal journal = open(1 << 20)) {
            JournalingIntake intake = intake(journal);
            intake.lost(INVERTER, Loss.TURNED_AWAY, 1, 3);
            intake.lost(METER, Loss.TURNED_AWAY, 1, 3);
            intake.offer(readings(METER, NOW), Stamp.DEVICE, arrival(METER)).get();

            intake.tellUntold(Duration.ofSeconds(10));
            journal.flush().get();
            assertThat(journal.read(0, 10)).hasSize(1);

            intake.tellUntold(Duration.ZERO);
            intake.tellUntold(Duration.ZERO);
            journal.flush().get();
            List<Stored> stored = journal.read(0, 10);
            assertThat(stored).hasSize(2);
            Dispatch told = PackCodec.decode(stored.getLast().entry().value());
            assertThat(told.device()).isEqualTo(INVERTER);
            assertThat(told.origin()).isEqualTo(new Origin("edge-1", journal.boot(), 0));
            assertThat(told.losses())
                    .containsExactly(
                            new Loss(Loss.TURNED_AWAY, 0, List.of(), 1, 3, Optional.empty(), Optional.empty()));
        }
    }

    @Test
    void presence_that_finds_no_room_is_told_once_there_is_some_and_only_the_latest() throws Exception {
        try (Journal journal = open(2_000)) {
            JournalingIntake intake = intake(journal);
            while (intake.offer(readings(METER, NOW), Stamp.DEVICE, arrival(METER))
                            .get()
                    instanceof Admission.Kept) {
                journal.flush().get();
            }
            Presence died = Presence.offline(NOW, "death");
            Presence born = Presence.online(NOW.plusSeconds(1), "birth");
            assertThat(intake.announce(INVERTER, died).get()).isInstanceOf(Admission.Full.class);
            assertThat(intake.announce(INVERTER, born).get()).isInstanceOf(Admission.Full.class);
            // handed in again by who still waits for room
            assertThat(intake.announce(INVERTER, died).get()).isInstanceOf(Admission.Full.class);
            intake.tellUntold(Duration.ZERO);

            List<Stored> full = journal.read(0, 100);
            journal.confirm(full);
            while (intake.announce(INVERTER, died).get() instanceof Admission.Full) {
                journal.flush().get();
            }
            intake.tellUntold(Duration.ZERO);
            intake.tellUntold(Duration.ZERO);
            journal.flush().get();

            assertThat(journal.read(full.getLast().offset(), 100))
                    .extracting(stored -> PackCodec.decode(stored.entry().value()))
                    .containsExactly(
                            Dispatch.of(INVERTER, new Origin("edge-1", journal.boot(), 0), died),
                            Dispatch.of(INVERTER, new Origin("edge-1", journal.boot(), 1), born));
        }
    }

    @Test
    void of_a_device_that_comes_and_goes_without_end_a_few_words_and_the_last_one_are_told() throws Exception {
        try (Journal journal = open(1 << 20)) {
            JournalingIntake intake = intake(journal);
            Presence last = Presence.online(NOW, "birth");
            for (int i = 0; i < 1_000; i++) {
                Instant since = NOW.plusMillis(i);
                last = i % 2 == 0 ? Presence.online(since, "birth") : Presence.offline(since, "death");
                assertThat(intake.announce(INVERTER, last).get())
                        .isInstanceOf(i < PackNumbers.PRESENCES_MAX ? Admission.Kept.class : Admission.Later.class);
            }
            assertThat(intake.announce(METER, last).get()).isInstanceOf(Admission.Kept.class);
            intake.tellUntold(Duration.ZERO);
            intake.tellUntold(Duration.ZERO);
            journal.flush().get();

            List<Stored> told = journal.read(0, 2_000);
            assertThat(told).hasSize(PackNumbers.PRESENCES_MAX + 2);
            assertThat(PackCodec.decode(told.getLast().entry().value()))
                    .isEqualTo(Dispatch.of(
                            INVERTER, new Origin("edge-1", journal.boot(), PackNumbers.PRESENCES_MAX), last));
        }
    }

    @Test
    void readings_that_find_room_first_do_not_take_the_untold_presence_with_them() throws Exception {
        try (Journal journal = open(2_000)) {
            JournalingIntake intake = intake(journal);
            while (intake.offer(readings(METER, NOW), Stamp.DEVICE, arrival(METER))
                            .get()
                    instanceof Admission.Kept) {
                journal.flush().get();
            }
            Presence born = Presence.online(NOW, "birth");
            assertThat(intake.announce(INVERTER, born).get()).isInstanceOf(Admission.Full.class);
            List<Stored> full = journal.read(0, 100);
            journal.confirm(full);
            while (intake.offer(readings(INVERTER, NOW), Stamp.DEVICE, arrival(INVERTER))
                            .get()
                    instanceof Admission.Full) {
                journal.flush().get();
            }
            intake.tellUntold(Duration.ZERO);
            journal.flush().get();

            List<Stored> told = journal.read(full.getLast().offset(), 100);
            assertThat(told).hasSize(2);
            assertThat(PackCodec.decode(told.getLast().entry().value()).presence())
                    .contains(born);
        }
    }

    @Test
    void what_a_damaged_journal_has_lost_is_told_of_each_device_by_its_numbers() throws Exception {
        int packs = 3_000;
        try (Journal journal = open(16 << 20)) {
            JournalingIntake intake = intake(journal);
            for (int i = 0; i < packs; i++) {
                DeviceId device = i % 2 == 0 ? INVERTER : METER;
                var _ = intake.offer(readings(device, NOW.minusSeconds(i)), Stamp.DEVICE, arrival(device));
            }
        }
        byte[] bytes = Files.readAllBytes(folder.resolve("agent.db"));
        Arrays.fill(bytes, bytes.length / 2, bytes.length / 2 + 2 * 4_096, (byte) 0x5A);
        Files.write(folder.resolve("agent.db"), bytes);

        try (Journal journal = Journal.open(
                folder.resolve("agent.db"),
                new Journal.Limits(Duration.ZERO, 500, 16 << 20),
                new GivingWay(new DeviceId("casa1", "edge-1"), _ -> false, _ -> false, 0),
                CLOCK)) {
            List<Dispatch> all = new ArrayList<>();
            for (Stored stored : journal.read(0, 100_000)) {
                all.add(PackCodec.decode(stored.entry().value()));
            }
            long arrived =
                    all.stream().filter(pack -> pack.readings().isPresent()).count();
            long lost = all.stream()
                    .flatMap(pack -> pack.losses().stream())
                    .filter(loss -> loss.reason().equals(Loss.JOURNAL_DAMAGED))
                    .mapToLong(Loss::packs)
                    .sum();
            assertThat(arrived).isLessThan(packs);
            assertThat(arrived + lost).isEqualTo(packs);
            assertThat(all.getLast().device()).isEqualTo(new DeviceId("casa1", "edge-1"));
            assertThat(all)
                    .filteredOn(pack -> !pack.losses().isEmpty())
                    .hasSize(3)
                    .allMatch(pack -> pack.origin().report());
        }
    }

    private Journal open(long maxBytes) throws JournalException {
        return Journal.open(folder.resolve("agent.db"), new Journal.Limits(Duration.ZERO, 500, maxBytes), CLOCK);
    }

    private static JournalingIntake intake(Journal journal) {
        return new JournalingIntake(journal, "edge-1", CLOCK);
    }

    private static Arrival arrival(DeviceId device) {
        return new Arrival("hg/" + device.key() + "/senml", device, PAYLOAD, Moment.of(NOW));
    }

    private static Readings readings(DeviceId device, Instant at) {
        return new Readings(
                device,
                "",
                new Sampling().gauge(Point.POWER, at.toEpochMilli(), 1.5).series());
    }
}
