package org.heliograph.agent.intake.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.JournalingIntake;
import org.heliograph.agent.intake.Moment;
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
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.SequenceRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An agent on a machine whose clock is wrong at its start. */
class HoldingTest {
    private static final long TRUE_START = Instant.parse("2026-07-01T10:00:00Z").toEpochMilli();
    private static final long FAKE_START = Instant.parse("2026-06-20T03:00:00Z").toEpochMilli();
    private static final DeviceId INVERTER = new DeviceId("casa1", "inv-01");
    private static final DeviceId METER = new DeviceId("casa1", "util-1");

    @TempDir
    private Path folder = Path.of("");

    private final Pi pi = new Pi();

    /** A board without a clock of its own: at its start it goes on where it was switched off. */
    private static final class Pi implements Machine {
        private long wallAtStart = FAKE_START;
        private long upMillis = 20_000;
        private String start = "first";
        private Sync sync = Sync.NO;

        void setByService() {
            wallAtStart = TRUE_START;
            sync = Sync.YES;
        }

        void pass(long millis) {
            upMillis += millis;
        }

        long trueMillis() {
            return TRUE_START + upMillis;
        }

        @Override
        public long wallMillis() {
            return wallAtStart + upMillis;
        }

        @Override
        public long upMillis() {
            return upMillis;
        }

        @Override
        public String start() {
            return start;
        }

        @Override
        public Sync sync() {
            return sync;
        }
    }

    /** One run of the agent, until the journal is closed. */
    private record Run(Journal journal, AgentClock clock, JournalingIntake intake) {
        List<Stored> due() throws JournalException {
            return due(1_000, true);
        }

        List<Stored> due(int entries, boolean reachable) throws JournalException {
            return new Restamping(clock, () -> reachable).due(journal.read(journal.confirmed(), entries));
        }
    }

    private Run run(Journal journal) {
        AgentClock clock = new AgentClock(pi, journal, Duration.ofMinutes(10));
        return new Run(journal, clock, new JournalingIntake(journal, "edge-1", clock));
    }

    @Test
    void readings_without_a_time_wait_for_the_clock_and_get_the_time_at_which_they_came() throws Exception {
        try (Journal journal = open()) {
            Run run = run(journal);
            long came = pi.trueMillis();
            assertThat(offer(run, INVERTER, 1)).isInstanceOf(Admission.Kept.class);
            pi.pass(60_000);
            assertThat(run.due()).isEmpty();

            pi.setByService();
            pi.pass(1_000);

            Dispatch dispatch = decode(run.due().getFirst());
            assertThat(dispatch.clock()).isEqualTo(ClockQuality.RESTAMPED);
            assertThat(dispatch.readings().orElseThrow().latest().toEpochMilli())
                    .isEqualTo(came);
            assertThat(dispatch.origin().sequence()).isZero();
            assertThat(run.due().getFirst().entry().timestampMillis()).isEqualTo(came);
        }
    }

    @Test
    void what_came_with_its_own_time_is_kept_as_it_is_though_it_seems_to_be_of_the_future() throws Exception {
        try (Journal journal = open()) {
            Run run = run(journal);
            Readings own = readings(INVERTER, pi.trueMillis(), 1);

            assertThat(run.intake().offer(own, Stamp.DEVICE, arrival(INVERTER)).get())
                    .isInstanceOf(Admission.Kept.class);
            assertThat(run.due()).isEmpty();
            pi.setByService();

            assertThat(run.due()).singleElement().satisfies(stored -> {
                assertThat(decode(stored).readings()).contains(own);
                assertThat(decode(stored).clock()).isEqualTo(ClockQuality.DEVICE);
                assertThat(stored.entry().headers()).isEmpty();
            });
        }
    }

    @Test
    void what_came_with_a_time_that_even_a_doubted_clock_believes_waits_for_nothing() throws Exception {
        try (Journal journal = open()) {
            Run run = run(journal);
            Readings own = readings(INVERTER, pi.wallMillis(), 1);

            run.intake().offer(own, Stamp.DEVICE, arrival(INVERTER)).get();

            assertThat(run.due())
                    .singleElement()
                    .satisfies(stored -> assertThat(decode(stored).readings()).contains(own));
        }
    }

    @Test
    void a_device_that_is_years_ahead_is_found_out_once_the_clock_is_set_whatever_restarts_before() throws Exception {
        long boot;
        Readings ahead =
                readings(INVERTER, Instant.parse("2036-07-01T10:00:00Z").toEpochMilli(), 1);
        try (Journal journal = open()) {
            Run run = run(journal);
            boot = journal.boot();
            assertThat(run.intake()
                            .offer(ahead, Stamp.DEVICE, arrival(INVERTER))
                            .get())
                    .isInstanceOf(Admission.Kept.class);
            assertThat(run.due()).isEmpty();
        }
        pi.start = "second";
        pi.upMillis = 20_000;
        pi.setByService();
        try (Journal journal = open()) {
            List<Stored> due = run(journal).due();

            assertThat(due)
                    .extracting(stored -> stored.entry().kind())
                    .containsExactly(Entry.Kind.DEAD_LETTER, Entry.Kind.REPORT);
            assertThat(due).extracting(Stored::offset).containsExactly(1L, 1L);
            assertThat(due).allMatch(stored -> stored.entry().timestampMillis() == pi.trueMillis());
            assertThat(due.getFirst().entry().headers().get("reason"))
                    .startsWith("a reading of 2036-07-01T10:00:00Z is")
                    .endsWith("s ahead of the agent's clock");
            assertThat(decode(due.getLast()).losses()).singleElement().satisfies(loss -> {
                assertThat(loss.reason()).isEqualTo(Loss.OF_THE_FUTURE);
                assertThat(loss.boot()).isEqualTo(boot);
                assertThat(loss.ranges()).containsExactly(new SequenceRange(0, 0));
                assertThat(loss.readings()).isEqualTo(1);
            });
        }
    }

    @Test
    void a_clock_that_nothing_keeps_right_judges_no_devices_time() throws Exception {
        try (Journal journal = open()) {
            Run run = run(journal);
            pi.wallAtStart = TRUE_START - Duration.ofHours(8).toMillis();
            Readings early = readings(INVERTER, pi.trueMillis(), 1);
            run.intake().offer(early, Stamp.DEVICE, arrival(INVERTER)).get();
            pi.pass(Duration.ofMinutes(20).toMillis()); // believed without a time service
            Readings own = readings(INVERTER, pi.trueMillis(), 1);

            assertThat(run.intake().offer(own, Stamp.DEVICE, arrival(INVERTER)).get())
                    .isInstanceOf(Admission.Kept.class);
            assertThat(run.due())
                    .extracting(stored -> decode(stored).readings().orElseThrow())
                    .containsExactly(early, own);
            assertThat(decode(run.due().getLast()).clock()).isEqualTo(ClockQuality.DEVICE);

            Readings absurd =
                    readings(INVERTER, Instant.parse("2036-07-01T10:00:00Z").toEpochMilli(), 1);
            run.intake().offer(absurd, Stamp.DEVICE, arrival(INVERTER)).get();
            assertThat(decode(run.due().getLast()).clock())
                    .as("ten years ahead is a broken clock by any other")
                    .isEqualTo(ClockQuality.UNSYNCHRONISED);
            pi.sync = Machine.Sync.YES;
            run.intake().offer(own, Stamp.DEVICE, arrival(INVERTER)).get();
            assertThat(decode(run.due().getLast()).clock())
                    .as("one that is kept right judges")
                    .isEqualTo(ClockQuality.ARRIVAL);
        }
    }

    @Test
    void a_device_that_is_ahead_of_a_clock_that_was_doubted_gets_the_time_of_its_arrival_once_that_is_known()
            throws Exception {
        try (Journal journal = open()) {
            Run run = run(journal);
            long came = pi.trueMillis();
            Sampling minutesAhead =
                    new Sampling().gauge(Point.POWER, came + 360_000 - 1_000, 1).gauge(Point.POWER, came + 360_000, 2);
            run.intake()
                    .offer(new Readings(INVERTER, "", minutesAhead.series()), Stamp.DEVICE, arrival(INVERTER))
                    .get();
            pi.pass(300_000); // by now it would be ahead by a minute only
            assertThat(run.due()).isEmpty();
            pi.setByService();

            assertThat(run.due()).singleElement().satisfies(stored -> {
                Readings readings = decode(stored).readings().orElseThrow();
                assertThat(readings.earliest().toEpochMilli()).isEqualTo(came - 1_000);
                assertThat(readings.latest().toEpochMilli()).isEqualTo(came);
                assertThat(stored.entry().timestampMillis()).isEqualTo(came);
                assertThat(decode(stored).clock()).isEqualTo(ClockQuality.RESTAMPED);
            });
        }
    }

    @Test
    void what_waited_for_room_while_the_clock_was_set_has_the_time_at_which_it_came() throws Exception {
        try (Journal journal = open()) {
            Run run = run(journal);
            long came = pi.trueMillis();
            Readings timeless = readings(INVERTER, pi.wallMillis(), 1);
            Readings unset = readings(METER, 946_684_800_000L, 1);
            Arrival arrival = arrival(INVERTER);
            pi.pass(90_000); // the journal was full
            pi.setByService();

            run.intake().offer(timeless, Stamp.ARRIVAL, arrival).get();
            run.intake().offer(unset, Stamp.DEVICE, arrival).get();

            assertThat(run.due()).extracting(HoldingTest::time).containsExactly(came, came);
            assertThat(run.due())
                    .extracting(stored -> decode(stored).clock())
                    .containsExactly(ClockQuality.ARRIVAL, ClockQuality.ARRIVAL);
        }
    }

    @Test
    void what_waited_for_room_is_held_from_the_moment_at_which_it_came() throws Exception {
        try (Journal journal = open()) {
            Run run = run(journal);
            long came = pi.trueMillis();
            Readings timeless = readings(INVERTER, pi.wallMillis(), 1);
            Arrival arrival = arrival(INVERTER);
            pi.pass(90_000);
            run.intake().offer(timeless, Stamp.ARRIVAL, arrival).get();
            pi.setByService();

            assertThat(run.due()).extracting(HoldingTest::time).containsExactly(came);
        }
    }

    @Test
    void once_the_clock_is_believed_its_quality_is_said() throws Exception {
        try (Journal journal = open()) {
            Run run = run(journal);
            pi.setByService();
            offer(run, INVERTER, 1);
            pi.sync = Machine.Sync.NO;
            offer(run, INVERTER, 2);

            assertThat(run.due())
                    .extracting(stored -> decode(stored).clock())
                    .containsExactly(ClockQuality.ARRIVAL, ClockQuality.UNSYNCHRONISED);
        }
    }

    @Test
    void a_restart_of_the_agent_before_the_clock_is_set_loses_nothing() throws Exception {
        long came = pi.trueMillis();
        try (Journal journal = open()) {
            offer(run(journal), INVERTER, 1);
        }
        pi.pass(30_000);
        pi.setByService();
        try (Journal journal = open()) {
            assertThat(decode(run(journal).due().getFirst())
                            .readings()
                            .orElseThrow()
                            .latest()
                            .toEpochMilli())
                    .isEqualTo(came);
        }
    }

    @Test
    void a_restart_of_the_machine_before_the_clock_is_set_makes_a_dead_letter_and_a_counted_loss() throws Exception {
        long boot;
        try (Journal journal = open()) {
            boot = journal.boot();
            offer(run(journal), INVERTER, 1);
        }
        pi.start = "second";
        pi.upMillis = 20_000;
        try (Journal journal = open()) {
            List<Stored> due = run(journal).due();

            assertThat(due).extracting(Stored::offset).containsExactly(1L, 1L);
            assertThat(due.getFirst().entry().kind()).isEqualTo(Entry.Kind.DEAD_LETTER);
            assertThat(due.getFirst().isLetter())
                    .as("the journal has readings there")
                    .isFalse();
            assertThat(due.getFirst().entry().headers().get("reason"))
                    .startsWith("the machine went down before its clock was set");
            assertThat(decode(due.getLast()).losses()).singleElement().satisfies(loss -> {
                assertThat(loss.reason()).isEqualTo(Loss.NEVER_STAMPED);
                assertThat(loss.boot()).isEqualTo(boot);
                assertThat(loss.ranges()).containsExactly(new SequenceRange(0, 0));
                assertThat(loss.readings()).isEqualTo(1);
            });
        }
    }

    @Test
    void a_pack_that_is_sent_twice_says_the_same_time_twice_whatever_happens_to_the_clock() throws Exception {
        try (Journal journal = open()) {
            Run run = run(journal);
            offer(run, INVERTER, 1);
            pi.setByService();
            byte[] first = run.due().getFirst().entry().value();
            pi.wallAtStart += 1_500;
            assertThat(run.due().getFirst().entry().value()).isEqualTo(first);
        }
        try (Journal journal = open()) {
            pi.wallAtStart += 90_000;
            assertThat(decode(run(journal).due().getFirst())
                            .readings()
                            .orElseThrow()
                            .latest()
                            .toEpochMilli())
                    .isEqualTo(TRUE_START + 20_000);
        }
    }

    @Test
    void what_was_held_keeps_its_time_through_a_restart_of_the_machine_once_the_clock_was_set() throws Exception {
        long came = pi.trueMillis();
        try (Journal journal = open()) {
            Run run = run(journal);
            offer(run, INVERTER, 1);
            pi.setByService();
            run.clock().look(); // and Kafka is still away
        }
        restartMachine();
        try (Journal journal = open()) {
            Run run = run(journal);
            offer(run, METER, 2);

            assertThat(run.due())
                    .as("the second start's clock isn't set yet")
                    .singleElement()
                    .satisfies(stored -> {
                        assertThat(time(stored)).isEqualTo(came);
                        assertThat(decode(stored).clock()).isEqualTo(ClockQuality.RESTAMPED);
                    });
            long cameSecond = pi.trueMillis();
            pi.setByService();
            assertThat(run.due()).extracting(HoldingTest::time).containsExactly(came, cameSecond);
        }
    }

    @Test
    void a_time_is_not_guessed_for_good_while_nothing_can_be_sent_and_is_known_when_it_can() throws Exception {
        try (Journal journal = open()) {
            Run run = run(journal);
            long came = pi.trueMillis();
            offer(run, INVERTER, 1);
            pi.pass(Duration.ofMinutes(20).toMillis()); // believed without a time service
            assertThat(run.due(1_000, false)).isEmpty();

            pi.setByService();

            assertThat(run.due()).singleElement().satisfies(stored -> {
                assertThat(time(stored)).isEqualTo(came);
                assertThat(decode(stored).clock()).isEqualTo(ClockQuality.RESTAMPED);
            });
        }
    }

    @Test
    void a_guessed_time_says_so_and_is_replaced_only_where_it_was_not_sent() throws Exception {
        try (Journal journal = open()) {
            Run run = run(journal);
            long guessed = pi.wallMillis();
            long came = pi.trueMillis();
            offer(run, INVERTER, 1);
            offer(run, INVERTER, 2);
            pi.pass(Duration.ofMinutes(20).toMillis());
            byte[] sent = run.due(1, true).getFirst().entry().value();
            assertThat(decode(run.due(1, true).getFirst()).clock()).isEqualTo(ClockQuality.UNSYNCHRONISED);
            pi.setByService();

            assertThat(run.due()).extracting(HoldingTest::time).containsExactly(guessed, came);
            assertThat(run.due().getFirst().entry().value())
                    .as("it may have arrived, and says the same again")
                    .isEqualTo(sent);
            assertThat(decode(run.due().getLast()).clock()).isEqualTo(ClockQuality.RESTAMPED);
        }
        restartMachine();
        try (Journal journal = open()) {
            assertThat(run(journal).due())
                    .extracting(stored -> decode(stored).clock())
                    .containsExactly(ClockQuality.UNSYNCHRONISED, ClockQuality.RESTAMPED);
        }
    }

    @Test
    void a_better_guess_takes_the_place_of_one_that_was_not_used() throws Exception {
        try (Journal journal = open()) {
            Run run = run(journal);
            long came = pi.trueMillis();
            offer(run, INVERTER, 1);
            pi.pass(Duration.ofMinutes(20).toMillis());
            assertThat(run.due(1_000, false)).isEmpty();
            pi.wallAtStart = TRUE_START; // somebody has set it by hand

            assertThat(run.due()).singleElement().satisfies(stored -> {
                assertThat(time(stored)).isEqualTo(came);
                assertThat(decode(stored).clock()).isEqualTo(ClockQuality.UNSYNCHRONISED);
            });
        }
    }

    @Test
    void what_was_found_out_of_a_start_is_kept_until_nothing_waits_any_more() throws Exception {
        for (String start : List.of("first", "second", "third")) {
            pi.start = start;
            pi.wallAtStart = FAKE_START;
            pi.sync = Machine.Sync.NO;
            try (Journal journal = open()) {
                Run run = run(journal);
                offer(run, INVERTER, 1);
                pi.setByService();
                run.clock().look();
            }
        }
        try (Journal journal = open()) {
            Run run = run(journal);
            assertThat(journal.counters("clock/origin/"))
                    .containsExactlyInAnyOrder("clock/origin/first", "clock/origin/second", "clock/origin/third");
            assertThat(run.due())
                    .extracting(stored -> stored.entry().kind())
                    .containsOnly(Entry.Kind.READINGS)
                    .hasSize(3);
            journal.confirm(run.due());
        }
        pi.start = "fourth";
        try (Journal journal = open()) {
            run(journal);
            assertThat(journal.counters("clock/")).containsExactly("clock/seen");
        }
    }

    @Test
    void a_device_whose_clock_was_never_set_gets_the_time_of_its_arrival() throws Exception {
        try (Journal journal = open()) {
            Run run = run(journal);
            pi.setByService();
            Sampling sampling = new Sampling().gauge(Point.POWER, 86_400_000, 1).gauge(Point.POWER, 86_401_000, 2);

            run.intake()
                    .offer(new Readings(INVERTER, "", sampling.series()), Stamp.DEVICE, arrival(INVERTER))
                    .get();

            Dispatch dispatch = decode(run.due().getFirst());
            assertThat(dispatch.readings().orElseThrow().latest().toEpochMilli())
                    .isEqualTo(pi.trueMillis());
            assertThat(dispatch.readings().orElseThrow().earliest().toEpochMilli())
                    .isEqualTo(pi.trueMillis() - 1_000);
            assertThat(dispatch.clock()).isEqualTo(ClockQuality.ARRIVAL);
        }
    }

    @Test
    void readings_of_both_kinds_in_one_payload_are_refused_while_the_clock_is_doubted() throws Exception {
        try (Journal journal = open()) {
            Run run = run(journal);
            assertThat(run.intake()
                            .offer(readings(INVERTER, pi.wallMillis(), 1), Stamp.MIXED, arrival(INVERTER))
                            .get())
                    .isInstanceOf(Admission.Refused.class);
        }
    }

    /** A clock that was set between two of them, or points whose time the device doesn't tell: the engine rejects it as late. */
    @ParameterizedTest
    @EnumSource(
            value = Stamp.class,
            names = {"DEVICE", "MIXED"})
    void what_is_of_a_clock_that_was_not_set_costs_nothing_beside_it(Stamp stamp) throws Exception {
        try (Journal journal = open()) {
            Run run = run(journal);
            pi.setByService();
            Sampling sampling =
                    new Sampling().gauge(Point.POWER, 946_684_800_000L, 1).gauge(Point.VOLTAGE, pi.trueMillis(), 230);
            Readings both = new Readings(INVERTER, "", sampling.series());

            run.intake().offer(both, stamp, arrival(INVERTER)).get();

            assertThat(decode(run.due().getFirst()).readings()).hasValue(both);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whenever_the_clock_is_set_and_the_agent_restarts_each_reading_has_its_true_time_in_order(long seed)
            throws Exception {
        Random random = new Random(seed);
        Map<Integer, Long> came = new HashMap<>();
        List<Stored> sent = new ArrayList<>();
        int number = 0;
        for (int runs = 0; runs < 4; runs++) {
            try (Journal journal = open()) {
                Run run = run(journal);
                for (int i = random.nextInt(30); i >= 0; i--) {
                    pi.pass(random.nextInt(5_000));
                    if (random.nextInt(40) == 0) {
                        pi.setByService();
                    }
                    came.put(number, pi.trueMillis());
                    offer(run, random.nextBoolean() ? INVERTER : METER, number++);
                    if (random.nextInt(5) == 0) {
                        send(run, sent);
                    }
                }
                if (runs == 3) {
                    pi.setByService();
                    send(run, sent);
                }
            }
        }

        assertThat(sent).hasSize(number);
        for (int i = 0; i < number; i++) {
            Readings readings = decode(sent.get(i)).readings().orElseThrow();
            assertThat(readings.series().getFirst().toString()).contains("[" + (double) i + "]");
            assertThat(readings.latest().toEpochMilli()).isEqualTo(came.get(i));
        }
    }

    private void restartMachine() {
        pi.start = "second";
        pi.upMillis = 20_000;
        pi.wallAtStart = FAKE_START;
        pi.sync = Machine.Sync.NO;
    }

    private static void send(Run run, List<Stored> sent) throws JournalException {
        run.journal().flush().toCompletableFuture().join();
        List<Stored> due = run.due();
        if (!due.isEmpty()) {
            sent.addAll(due);
            run.journal().confirm(due);
            run.journal().flush().toCompletableFuture().join();
        }
    }

    /** Readings with no time: the source gives them the clock's, whatever it says. */
    private Admission offer(Run run, DeviceId device, int number) throws Exception {
        return run.intake()
                .offer(readings(device, pi.wallMillis(), number), Stamp.ARRIVAL, arrival(device))
                .get();
    }

    private static Readings readings(DeviceId device, long millis, double value) {
        return new Readings(
                device, "", new Sampling().gauge(Point.POWER, millis, value).series());
    }

    private Arrival arrival(DeviceId device) {
        return new Arrival(
                "hg/" + device.key() + "/senml",
                device,
                "[]".getBytes(StandardCharsets.UTF_8),
                new Moment(Instant.ofEpochMilli(pi.wallMillis()), pi.upMillis()));
    }

    private static long time(Stored stored) {
        return decode(stored).readings().orElseThrow().latest().toEpochMilli();
    }

    private static Dispatch decode(Stored stored) {
        try {
            return PackCodec.decode(stored.entry().value());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Journal open() throws JournalException {
        return Journal.open(
                folder.resolve("agent.db"), new Journal.Limits(Duration.ZERO, 500, 1 << 20), InstantSource.system());
    }
}
