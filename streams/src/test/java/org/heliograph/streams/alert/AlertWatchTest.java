package org.heliograph.streams.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.PointStatistics;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.yaml.Flaws;
import org.junit.jupiter.api.Test;

class AlertWatchTest {
    private static final long MINUTE = 60_000;
    private static final AlertRule LEAK = rule("leak", Watch.LEAK, 0.5, Duration.ZERO);
    private static final AlertRule LATE = rule("readings-late", Watch.READINGS_AGE, 120, Duration.ZERO);
    private static final AlertRule STILL = rule("figures-late", Watch.FIGURES_AGE, 120, Duration.ZERO);
    private static final AlertRules SHIPPED = AlertRules.shipped(new Flaws());
    private static final Duration LOOK_BACK =
            Duration.ofMinutes(7); // the age that figures-late waits for, and the slack

    private final AlertTopics topics = new AlertTopics();
    private final long startMillis = topics.now.toEpochMilli();

    @Test
    void what_was_said_is_not_said_again_after_a_restart_that_reads_the_same_figures_once_more() throws Exception {
        leak(0, 0);
        leak(1, 1);
        work(3);
        assertThat(said()).containsExactly("RAISED leak");

        work(3);
        assertThat(said())
                .as("nothing was committed meanwhile: all of it is read again")
                .containsExactly("RAISED leak");

        leak(2, 0);
        work(3);
        work(3);
        assertThat(said()).containsExactly("RAISED leak", "CLEARED leak");
    }

    @Test
    void nor_what_was_said_of_the_live_state() throws Exception {
        live(MINUTE, MINUTE);
        live(5 * MINUTE, MINUTE);
        live(6 * MINUTE, 6 * MINUTE);
        work(3);
        assertThat(said()).containsExactly("RAISED readings-late", "CLEARED readings-late");

        work(3);
        assertThat(said()).containsExactly("RAISED readings-late", "CLEARED readings-late");
    }

    @Test
    void offsets_are_committed_as_late_as_the_longest_rule_looks_back() throws Exception {
        TopicPartition energy = new TopicPartition(AlertTopics.TOPICS.energy(), 0);
        leak(0, 0);
        topics.atPoll = poll -> topics.nanos += AlertClients.CHECK.toNanos() + 1;
        long polls = LOOK_BACK.toNanos() / AlertClients.CHECK.toNanos();
        work((int) polls - 5);
        assertThat(topics.committed(energy)).isZero();
        work((int) polls + 5);
        assertThat(topics.committed(energy)).isEqualTo(1);
    }

    /** Each that is kept until then is of all partitions. */
    @Test
    void a_rule_that_holds_for_a_week_does_not_need_the_offsets_of_every_ten_seconds_of_it() throws Exception {
        AlertRules week = new AlertRules(List.of(rule("leak", Watch.LEAK, 0.5, Duration.ofDays(7))));
        leak(0, 0);
        topics.atPoll = _ -> pass(Duration.ofMinutes(1));
        work(7 * 24 * 60 + 120, week);
        assertThat(topics.committed(new TopicPartition(AlertTopics.TOPICS.energy(), 0)))
                .isEqualTo(1);
        assertThat(topics.commits).isLessThan(20);
    }

    @Test
    void it_begins_anew_when_a_partition_was_added_and_takes_it_too() throws Exception {
        topics.atPoll = poll -> {
            topics.nanos += AlertClients.CHECK.toNanos() + 1;
            if (poll == 2) {
                topics.records.put(new TopicPartition(AlertTopics.TOPICS.energy(), 1), new ArrayList<>());
            }
        };
        AtomicInteger turns = new AtomicInteger();
        watch().work(() -> turns.incrementAndGet() > 1_000);
        assertThat(turns).hasValueLessThan(10);
        topics.atPoll = _ -> {};
        topics.values(new TopicPartition(AlertTopics.TOPICS.energy(), 1)).add(minute(1, 1));
        work(3);
        assertThat(said()).containsExactly("RAISED leak");
    }

    /** Else it has no effect on what is read after a start. */
    @Test
    void a_rule_of_an_area_knows_the_models_before_the_first_figure_comes() throws Exception {
        leakIn("hall-2");
        leak(0, 1);
        work(3, leakOfHall2());
        assertThat(said()).containsExactly("RAISED leak");
    }

    /** Kafka keeps the models that were replaced for weeks. */
    @Test
    void a_figure_that_comes_just_after_a_start_is_judged_by_the_newest_model_however_many_there_are()
            throws Exception {
        leakIn("hall-1");
        leakIn("hall-2");
        topics.atOnce = 1;
        topics.atPoll = poll -> {
            if (poll == 4) { // two models are read before
                leak(0, 1);
            }
        };
        work(6, leakOfHall2());
        assertThat(said()).containsExactly("RAISED leak");
    }

    private void leakIn(String area) {
        String device = "{id: leak-1, profile: rack-sensor, role: room, area: " + area + "}";
        topics.add(
                AlertTopics.TOPICS.sites(),
                ("{site: casa1, zone: UTC, devices: [" + device + "]}").getBytes(StandardCharsets.UTF_8));
    }

    private static AlertRules leakOfHall2() {
        return new AlertRules(List.of(new AlertRule(
                "leak",
                Watch.LEAK,
                "critical",
                OptionalDouble.of(0.5),
                OptionalDouble.empty(),
                0,
                Duration.ZERO,
                Duration.ZERO,
                Set.of(),
                Set.of("hall-2"))));
    }

    @Test
    void the_live_state_of_a_clock_that_was_set_back_is_judged_at_once() throws Exception {
        live(60 * MINUTE, 60 * MINUTE);
        live(MINUTE, -10 * MINUTE);
        work(3);
        assertThat(said()).containsExactly("RAISED readings-late");
    }

    /** No figure tells of an engine that is dead. */
    @Test
    void figures_that_stay_away_are_told_of_by_the_clock_and_what_stood_stands_however_long() throws Exception {
        site();
        leak(0, 1);
        live(0, 0);
        topics.atPoll = _ -> pass(Duration.ofMinutes(5));
        work(26 * 12);
        assertThat(said()).containsExactly("RAISED leak", "RAISED figures-late");

        work(3);
        assertThat(said()).as("nothing is there to be read again").hasSize(2);

        live(27 * 60 * MINUTE, 27 * 60 * MINUTE);
        topics.atPoll = poll -> {
            pass(AlertClients.CHECK.plusMillis(1));
            live(27 * 60 * MINUTE + poll, 27 * 60 * MINUTE + poll);
        };
        work(5);
        assertThat(said()).containsExactly("RAISED leak", "RAISED figures-late", "CLEARED figures-late");
    }

    /** All in one process, which an engine that fails takes down, and its supervisor starts anew. */
    @Test
    void an_engine_that_takes_who_judges_down_again_and_again_is_told_of() throws Exception {
        site();
        live(0, 0);
        topics.atPoll = _ -> pass(Duration.ofSeconds(10).plusMillis(1));
        for (int life = 0; life < 10; life++) {
            work(15, SHIPPED);
        }
        assertThat(said()).containsExactly("RAISED figures-late");
    }

    @Test
    void after_an_outage_of_both_an_engine_that_comes_back_at_once_is_not_missed() throws Exception {
        site();
        live(0, 0);
        pass(Duration.ofHours(1));
        topics.atPoll = poll -> {
            pass(Duration.ofSeconds(10).plusMillis(1));
            if (poll > 3) {
                live(60 * MINUTE + poll * 10_000L, 60 * MINUTE + poll * 10_000L);
            }
        };
        work(60, SHIPPED);
        assertThat(said()).isEmpty();
    }

    /** Kafka keeps live states for a day. */
    @Test
    void an_engine_that_does_not_come_back_is_missed_where_nothing_but_figures_is_left_of_it() throws Exception {
        site();
        topics.add(
                AlertTopics.TOPICS.kpi(),
                SiteWindow.newBuilder()
                        .setSite("casa1")
                        .setStartMs(startMillis)
                        .build()
                        .toByteArray());
        pass(Duration.ofDays(3));
        topics.atPoll = _ -> pass(Duration.ofSeconds(10).plusMillis(1));
        work(15, SHIPPED);
        assertThat(said()).containsExactly("RAISED figures-late");
    }

    @Test
    void what_comes_is_new_however_wrong_its_clock_and_a_site_without_a_reading_or_a_model_is_not_missed()
            throws Exception {
        live(-60 * MINUTE, -60 * MINUTE); // the engine's clock, an hour behind
        topics.atPoll = poll -> {
            if (poll > 1) {
                pass(AlertClients.CHECK.plusMillis(1));
            }
            live(-60 * MINUTE + poll, -60 * MINUTE + poll);
        };
        site();
        work(30);
        assertThat(said()).isEmpty();

        topics.values(new TopicPartition(AlertTopics.TOPICS.sites(), 0)).add(null);
        topics.atPoll = _ -> pass(Duration.ofMinutes(5));
        work(10);
        assertThat(said()).isEmpty();
    }

    @Test
    void a_receiver_that_is_away_is_tried_again_and_what_it_missed_is_told_once() throws Exception {
        topics.add(
                AlertTopics.TOPICS.alerts(),
                Alert.newBuilder()
                        .setSite("casa1")
                        .setRule("leak")
                        .setState(AlertState.RAISED)
                        .build()
                        .toByteArray());
        Scripted receiver = new Scripted(new Receiver.Outcome.Away("HTTP 401"), new Receiver.Outcome.Told());
        AtomicInteger turns = new AtomicInteger();
        Relay relay = new Relay(
                topics.clients(), AlertTopics.TOPICS, "heliograph-alerts-test", receiver, Duration.ofHours(1));
        receiver.before = () -> receiver.seen.add(relay.state().problem());
        relay.work(() -> turns.incrementAndGet() > 3);
        assertThat(receiver.seen).containsExactly("", "HTTP 401");
        assertThat(relay.state()).isEqualTo(new ReceiverState("scripted", "", 0));

        Scripted again = new Scripted(new Receiver.Outcome.Refused(List.of(), "HTTP 400"));
        Relay restarted =
                new Relay(topics.clients(), AlertTopics.TOPICS, "heliograph-alerts-test", again, Duration.ofHours(1));
        turns.set(0);
        restarted.work(() -> turns.incrementAndGet() > 1);
        assertThat(again.news).as("what stands is said, but it is no news").containsExactly(0);
    }

    /** A week after its last commit, however alive who committed it is. */
    @Test
    void offsets_that_kafka_forgets_do_not_make_news_of_what_was_told() throws Exception {
        topics.add(AlertTopics.TOPICS.alerts(), raised("leak").toByteArray());
        topics.atPoll = poll -> {
            topics.nanos += AlertClients.CHECK.toNanos() + 1;
            if (poll == 3) {
                topics.committed.clear();
            }
        };
        Scripted receiver = new Scripted(new Receiver.Outcome.Told());
        relay(receiver, 5);
        assertThat(receiver.news).containsExactly(1);

        topics.atPoll = _ -> {};
        Scripted again = new Scripted(new Receiver.Outcome.Told());
        relay(again, 1);
        assertThat(again.news).as("what stands is said, but it is no news").containsExactly(0);
    }

    @Test
    void an_end_that_a_receiver_is_owed_is_known_after_a_restart_and_no_end_where_nothing_is() throws Exception {
        Alert ended = raised("leak").toBuilder().setState(AlertState.CLEARED).build();
        topics.add(AlertTopics.TOPICS.alerts(), ended.toByteArray());
        topics.add(AlertTopics.TOPICS.alerts(), raised("door").toByteArray());
        Scripted receiver = new Scripted(new Receiver.Outcome.Refused(List.of(ended), "not authorized"));
        receiver.owesEnds = true;
        relay(receiver, 1);
        assertThat(receiver.recalled).isEmpty();

        Scripted again = new Scripted(new Receiver.Outcome.Told());
        topics.atPoll = _ -> topics.nanos += AlertClients.CHECK.toNanos() + 1;
        relay(again, 2);
        assertThat(again.recalled).containsExactly(ended);

        Scripted atLast = new Scripted(new Receiver.Outcome.Told());
        relay(atLast, 1);
        assertThat(atLast.recalled).isEmpty();
    }

    /** It keeps so many at most, and drops the first it is told: a topic is read partition by partition, not by time. */
    @Test
    void the_newest_end_is_recalled_last_wherever_it_lies_in_the_topic() throws Exception {
        List<Alert> ends = new ArrayList<>();
        for (long time : new long[] {3, 1, 2}) {
            Alert end = raised("leak-" + time).toBuilder()
                    .setState(AlertState.CLEARED)
                    .setTimeMs(time)
                    .build();
            ends.add(end);
            topics.add(AlertTopics.TOPICS.alerts(), end.toByteArray());
        }
        Scripted receiver = new Scripted(new Receiver.Outcome.Refused(ends, "not authorized"));
        receiver.owesEnds = true;
        relay(receiver, 1);

        Scripted again = new Scripted(new Receiver.Outcome.Told());
        relay(again, 1);
        assertThat(again.recalled).extracting(Alert::getTimeMs).containsExactly(1L, 2L, 3L);
    }

    private static Alert raised(String rule) {
        return Alert.newBuilder()
                .setSite("casa1")
                .setRule(rule)
                .setState(AlertState.RAISED)
                .build();
    }

    private void relay(Receiver receiver, int turns) throws InterruptedException {
        AtomicInteger left = new AtomicInteger(turns);
        new Relay(topics.clients(), AlertTopics.TOPICS, "heliograph-alerts-test", receiver, Duration.ofHours(1))
                .work(() -> left.getAndDecrement() <= 0);
    }

    @Test
    void only_news_that_a_receiver_refuses_are_counted() throws Exception {
        Alert leak = Alert.newBuilder()
                .setSite("casa1")
                .setRule("leak")
                .setState(AlertState.RAISED)
                .build();
        Alert door = leak.toBuilder().setRule("door").build();
        topics.add(AlertTopics.TOPICS.alerts(), leak.toByteArray());
        topics.add(AlertTopics.TOPICS.alerts(), door.toByteArray());
        Alert stood = leak.toBuilder().setRule("stood").build();
        Scripted receiver = new Scripted(new Receiver.Outcome.Refused(List.of(leak, stood), "HTTP 413"));
        Relay relay = new Relay(
                topics.clients(), AlertTopics.TOPICS, "heliograph-alerts-test", receiver, Duration.ofHours(1));
        AtomicInteger turns = new AtomicInteger();

        relay.work(() -> turns.incrementAndGet() > 1);

        assertThat(relay.state()).isEqualTo(new ReceiverState("scripted", "", 1));
    }

    @Test
    void a_receiver_that_refuses_all_holds_nothing_up_and_is_not_well() throws Exception {
        Alert leak = Alert.newBuilder()
                .setSite("casa1")
                .setRule("leak")
                .setState(AlertState.RAISED)
                .build();
        topics.add(AlertTopics.TOPICS.alerts(), leak.toByteArray());
        Scripted receiver = new Scripted(new Receiver.Outcome.Refused(List.of(leak), "not authorized", true));
        Relay relay = new Relay(
                topics.clients(), AlertTopics.TOPICS, "heliograph-alerts-test", receiver, Duration.ofHours(1));
        AtomicInteger turns = new AtomicInteger();

        relay.work(() -> turns.incrementAndGet() > 1);

        assertThat(relay.state()).isEqualTo(new ReceiverState("scripted", "not authorized", 1));
        assertThat(topics.committed(new TopicPartition(AlertTopics.TOPICS.alerts(), 0)))
                .isOne();
    }

    @Test
    void who_may_not_note_what_a_receiver_was_told_is_not_well() throws Exception {
        topics.add(
                AlertTopics.TOPICS.alerts(),
                Alert.newBuilder().setSite("casa1").setRule("leak").build().toByteArray());
        Relay relay = new Relay(
                topics.clients(),
                AlertTopics.TOPICS,
                "heliograph-alerts-test",
                new Scripted(new Receiver.Outcome.Told(), new Receiver.Outcome.Told()),
                Duration.ofHours(1));
        Turning turns = new Turning();
        topics.mayCommit = false;
        assertThatThrownBy(() -> relay.work(turns)).isInstanceOf(GroupAuthorizationException.class);
        assertThat(turns.well).isZero();

        topics.mayCommit = true;
        relay.work(turns);
        assertThat(turns.well).isOne();
    }

    private static final class Turning implements Worker.Turns {
        private int left = 3;
        private int well;

        @Override
        public boolean isOver() {
            return left-- <= 0;
        }

        @Override
        public void areWell() {
            well++;
        }
    }

    private static final class Scripted implements Receiver {
        final List<String> seen = new ArrayList<>();
        final List<Integer> news = new ArrayList<>();
        private final List<Outcome> outcomes;
        final List<Alert> recalled = new ArrayList<>();
        Runnable before = () -> {};
        boolean owesEnds;

        Scripted(Outcome... outcomes) {
            this.outcomes = new ArrayList<>(List.of(outcomes));
        }

        @Override
        public String name() {
            return "scripted";
        }

        @Override
        public boolean owesEnds() {
            return owesEnds;
        }

        @Override
        public void recall(Collection<Alert> ends) {
            recalled.addAll(ends);
        }

        @Override
        public Outcome tell(List<Alert> told, Collection<Alert> standing) {
            before.run();
            news.add(told.size());
            return outcomes.removeFirst();
        }

        @Override
        public void close() {}
    }

    private static AlertRule rule(String name, Watch watch, double above, Duration hold) {
        return new AlertRule(
                name,
                watch,
                "critical",
                OptionalDouble.of(above),
                OptionalDouble.empty(),
                0,
                hold,
                Duration.ZERO,
                Set.of(),
                Set.of());
    }

    private AlertWatch watch() {
        return watch(new AlertRules(List.of(LEAK, LATE, STILL)));
    }

    private AlertWatch watch(AlertRules rules) {
        return new AlertWatch(
                topics.clients(),
                AlertTopics.TOPICS,
                new AlertSettings(true, rules, "heliograph-alerts", Optional.empty(), Optional.empty()));
    }

    /** So many turns, then it is killed: nothing is said or committed at the end. */
    private void work(int turns) throws InterruptedException {
        AtomicInteger left = new AtomicInteger(turns);
        watch().work(() -> left.getAndDecrement() <= 0);
    }

    private void work(int turns, AlertRules rules) throws InterruptedException {
        AtomicInteger left = new AtomicInteger(turns);
        watch(rules).work(() -> left.getAndDecrement() <= 0);
    }

    private List<String> said() throws Exception {
        return topics.alerts().stream()
                .map(alert -> alert.getState() + " " + alert.getRule())
                .toList();
    }

    private void pass(Duration time) {
        topics.nanos += time.toNanos();
        topics.now = topics.now.plus(time);
    }

    private void site() {
        String model = "{site: casa1, zone: UTC, devices: [{id: util-1, profile: utility-meter, role: grid}]}";
        topics.add(AlertTopics.TOPICS.sites(), model.getBytes(StandardCharsets.UTF_8));
    }

    private void leak(int minute, int value) {
        topics.add(AlertTopics.TOPICS.energy(), minute(minute, value));
    }

    private byte[] minute(int minute, int value) {
        return DeviceMinute.newBuilder()
                .setSite("casa1")
                .setDevice("leak-1")
                .setRole("room")
                .setStartMs(startMillis + minute * MINUTE)
                .addPoints(PointStatistics.newBuilder()
                        .setPoint(Point.LEAK.number())
                        .setMax(value)
                        .setLast(value)
                        .setCount(1))
                .build()
                .toByteArray();
    }

    private void live(long afterMillis, long latestAfterMillis) {
        topics.add(
                AlertTopics.TOPICS.live(),
                SiteLive.newBuilder()
                        .setSite("casa1")
                        .setTimeMs(startMillis + afterMillis)
                        .setLatestReadingMs(startMillis + latestAfterMillis)
                        .build()
                        .toByteArray());
    }
}
