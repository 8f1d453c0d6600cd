package org.heliograph.agent.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.journal.JournalException;
import org.heliograph.agent.journal.Stored;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.Presence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal with readings in it is opened with other settings. */
class ChangedPolicyTest {
    private static final Instant NOW = Instant.parse("2026-07-01T10:00:00Z");
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);
    private static final DeviceId AGENT = new DeviceId("casa1", "edge-1");
    private static final DeviceId METER = new DeviceId("casa1", "util-1");
    private static final long LARGE = 4 << 20;
    private static final int PACKS = 400;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void a_smaller_quota_touches_nothing_that_is_stored_and_takes_nothing_until_there_is_room() throws Exception {
        filled();
        try (Journal journal = open(1 << 14, false, false)) {
            JournalingIntake intake = intake(journal);
            assertThat(offer(intake, PACKS)).isInstanceOf(Admission.Full.class);
            assertThat(times(journal)).hasSize(PACKS).isSorted();

            journal.confirm(journal.read(0, PACKS));
            Admission admission = offer(intake, PACKS);
            long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
            while (admission instanceof Admission.Full && System.nanoTime() < deadline) {
                admission = offer(intake, PACKS);
            }
            assertThat(admission).isInstanceOf(Admission.Kept.class);
        }
    }

    @Test
    void a_policy_that_lets_the_oldest_go_applies_to_what_is_stored_once_room_is_needed_and_tells_of_it()
            throws Exception {
        filled();
        long quota = 1 << 14;
        try (Journal journal = open(quota, true, false)) {
            assertThat(times(journal)).hasSize(PACKS);
        }
        try (Journal journal = open(quota, true, false)) {
            assertThat(offer(intake(journal), PACKS)).isInstanceOf(Admission.Kept.class);
            journal.flush().get();

            List<Dispatch> packs = packs(journal);
            List<Loss> losses =
                    packs.stream().flatMap(pack -> pack.losses().stream()).toList();
            long left =
                    packs.stream().filter(pack -> pack.readings().isPresent()).count();
            assertThat(journal.backlog().bytes()).isLessThanOrEqualTo(quota);
            assertThat(losses).extracting(Loss::reason).containsOnly(Loss.DROPPED_OLDEST);
            assertThat(losses.stream().mapToLong(Loss::packs).sum() + left).isEqualTo(PACKS + 1);
            assertThat(times(journal)).isSorted().endsWith(NOW.minusSeconds(1_000 - PACKS));
        }
    }

    @Test
    void going_back_to_refusing_leaves_what_is_left_and_its_reports_for_delivery() throws Exception {
        filled();
        int before;
        try (Journal journal = open(1 << 14, true, false)) {
            assertThat(offer(intake(journal), PACKS)).isInstanceOf(Admission.Kept.class);
            journal.flush().get();
            before = packs(journal).size();
        }
        try (Journal journal = open(1 << 13, false, false)) {
            assertThat(offer(intake(journal), PACKS + 1)).isInstanceOf(Admission.Full.class);
            assertThat(packs(journal)).hasSize(before);
        }
    }

    private void filled() throws Exception {
        try (Journal journal = open(LARGE, false, false)) {
            JournalingIntake intake = intake(journal);
            for (int i = 0; i < PACKS; i++) {
                var _ = offered(intake, i);
            }
        }
    }

    @Test
    void a_device_that_floods_and_yields_stays_within_the_quota_and_each_of_its_packs_is_counted() throws Exception {
        long quota = 1 << 15;
        int handedIn = 40_000;
        try (Journal journal = open(quota, true, false)) {
            AtomicLong millis = new AtomicLong(NOW.toEpochMilli());
            JournalingIntake intake = intake(journal);
            RateLimit limit = new RateLimit(intake, 1, 1, () -> Instant.ofEpochMilli(millis.get()));
            for (int i = 0; i < handedIn; i++) {
                millis.addAndGet(100);
                var _ = offered(limit, i % 900);
                if (i % 500 == 0) {
                    journal.flush().get();
                }
            }
            intake.tellUntold(Duration.ZERO);
            journal.flush().get();

            assertThat(journal.backlog().bytes()).isLessThanOrEqualTo(quota);
            List<Dispatch> packs = packs(journal);
            Map<String, Long> lost = packs.stream()
                    .flatMap(pack -> pack.losses().stream())
                    .collect(Collectors.groupingBy(Loss::reason, Collectors.summingLong(Loss::readings)));
            long there =
                    packs.stream().filter(pack -> pack.readings().isPresent()).count();
            assertThat(lost).containsKeys(Loss.OVER_LIMIT, Loss.DROPPED_OLDEST);
            assertThat(there + lost.values().stream().mapToLong(Long::longValue).sum())
                    .isEqualTo(handedIn);
        }
    }

    @Test
    void what_the_pump_holds_of_a_small_quota_while_kafka_is_away_leaves_the_rest_to_give_way() throws Exception {
        long quota = 1 << 20;
        try (Journal journal = open(quota, true, false)) {
            JournalingIntake intake = intake(journal);
            int handedIn = 0;
            for (int retry = 0; retry < 20; retry++) {
                for (int i = 0; i < 1_000; i++) {
                    var _ = offered(intake, handedIn++ % 900);
                }
                journal.flush().get();
                assertThat(journal.read(0, 100_000)).isNotEmpty();
            }
            List<Long> left = new ArrayList<>();
            long last = 0;
            for (List<Stored> page = journal.read(last, 500); !page.isEmpty(); page = journal.read(last, 500)) {
                for (Stored stored : page) {
                    Dispatch pack = PackCodec.decode(stored.entry().value());
                    pack.readings().ifPresent(_ -> left.add(pack.origin().sequence()));
                }
                last = page.getLast().offset();
            }
            assertThat(left).as("more than the quota").hasSizeLessThan(handedIn);
            assertThat(left).as("the oldest, which may be under way").startsWith(0L, 1L, 2L);
            assertThat(left)
                    .as("the newest")
                    .containsAll(
                            LongStream.range(handedIn - 1_000, handedIn).boxed().toList());
            assertThat(journal.backlog().bytes()).isLessThanOrEqualTo(quota);
        }
    }

    @Test
    void a_device_that_comes_and_goes_without_end_stays_within_the_quota_and_its_last_word_is_kept() throws Exception {
        long quota = 1 << 15;
        try (Journal journal = open(quota, true, false)) {
            AtomicLong millis = new AtomicLong(NOW.toEpochMilli());
            JournalingIntake intake =
                    new JournalingIntake(journal, AGENT.device(), () -> Instant.ofEpochMilli(millis.get()));
            Presence last = Presence.offline(NOW, "none");
            for (int i = 0; i < 3_000; i++) {
                Instant since = Instant.ofEpochMilli(millis.addAndGet(10_000)); // as often as it is told
                last = i % 2 == 0 ? Presence.online(since, "birth") : Presence.offline(since, "death");
                var _ = intake.announce(METER, last);
                if (i % 100 == 0) {
                    journal.flush().get();
                }
            }
            journal.flush().get();

            assertThat(journal.backlog().bytes()).isLessThanOrEqualTo(quota);
            assertThat(packs(journal).stream().flatMap(pack -> pack.presence().stream()))
                    .endsWith(last);
        }
    }

    private Journal open(long quota, boolean yields, boolean thins) throws JournalException {
        return Journal.open(
                folder.resolve("agent.db"),
                new Journal.Limits(Duration.ZERO, 500, quota),
                new GivingWay(AGENT, _ -> yields, _ -> thins, (yields ? 1 : 0) + (thins ? 2 : 0)),
                CLOCK);
    }

    private static JournalingIntake intake(Journal journal) {
        return new JournalingIntake(journal, AGENT.device(), CLOCK);
    }

    private static Admission offer(JournalingIntake intake, int number) throws Exception {
        return offered(intake, number).get();
    }

    private static CompletableFuture<Admission> offered(Intake intake, int number) {
        Instant at = NOW.minusSeconds(1_000 - number);
        Readings readings = new Readings(
                METER,
                "",
                new Sampling().gauge(Point.POWER, at.toEpochMilli(), number).series());
        return intake.offer(
                readings, Stamp.DEVICE, new Arrival("hg/casa1/util-1/senml", METER, new byte[0], Moment.of(NOW)));
    }

    private static List<Dispatch> packs(Journal journal) throws Exception {
        List<Dispatch> packs = new ArrayList<>();
        for (Stored stored : journal.read(journal.confirmed(), 100_000)) {
            packs.add(PackCodec.decode(stored.entry().value()));
        }
        return packs;
    }

    private static List<Instant> times(Journal journal) throws Exception {
        return packs(journal).stream()
                .flatMap(pack -> pack.readings().stream())
                .map(Readings::latest)
                .toList();
    }
}
