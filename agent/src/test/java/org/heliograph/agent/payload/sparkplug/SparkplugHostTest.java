package org.heliograph.agent.payload.sparkplug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.heliograph.agent.payload.sparkplug.TestNode.metric;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.sparkplug.v1.Metric;
import org.heliograph.agent.payload.sparkplug.v1.Payload;
import org.heliograph.agent.payload.sparkplug.v1.PropertySet;
import org.heliograph.agent.payload.sparkplug.v1.PropertyValue;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Presence;
import org.junit.jupiter.api.Test;

class SparkplugHostTest {
    private static final Instant T0 = Instant.parse("2026-07-01T10:00:00Z");
    private static final Duration REBIRTH_EVERY = Duration.ofSeconds(10);

    private final SparkplugHost host = new SparkplugHost("casa1", SparkplugNames.OURS, REBIRTH_EVERY);
    private final TestNode node = new TestNode("casa1", "edge-7");

    @Test
    void data_by_alias_are_what_the_birth_said() {
        take(node.connect(T0));
        assertThat(accepted(node.deviceBirth("util-1", T0, metric("power", 1, T0), metric("energy_import", 5, T0))))
                .containsExactly(readings(
                        "util-1",
                        new Sampling()
                                .gauge(Point.POWER, millis(0), 1)
                                .register(Point.ENERGY_IMPORT, millis(0), 18_000_000)));

        assertThat(accepted(node.data("util-1", T0, metric("power", 2.5, T0.plusSeconds(1)))))
                .as("the energy hasn't changed, so nothing is said of it")
                .containsExactly(readings("util-1", new Sampling().gauge(Point.POWER, millis(1), 2.5)));
    }

    @Test
    void what_the_node_says_of_itself_is_its_own() {
        assertThat(accepted(node.connect(T0, metric("power", 7, T0))))
                .containsExactly(readings("edge-7", new Sampling().gauge(Point.POWER, millis(0), 7)));
        assertThat(accepted(node.data("", T0, metric("power", 8, T0.plusSeconds(1)))))
                .containsExactly(readings("edge-7", new Sampling().gauge(Point.POWER, millis(1), 8)));
    }

    @Test
    void who_joins_late_asks_for_a_rebirth_and_believes_nothing_before_it() {
        node.connect(T0);
        node.deviceBirth("util-1", T0, metric("power", 1, T0));

        Outcome late = take(node.data("util-1", T0, metric("power", 2, T0)));
        assertThat(reason(late)).startsWith("no birth of casa1/edge-7 is known");
        assertRebirth(late);

        take(node.birth(T0));
        take(node.deviceBirth("util-1", T0, metric("power", 1, T0)));
        assertThat(accepted(node.data("util-1", T0, metric("power", 3, T0)))).hasSize(1);
    }

    @Test
    void a_gap_in_the_sequence_ends_in_a_rebirth() {
        bornWithMeter();
        node.data("util-1", T0, metric("power", 2, T0)); // lost

        Outcome afterGap = take(node.data("util-1", T0, metric("power", 3, T0)));
        assertThat(reason(afterGap)).isEqualTo("sequence 3 where 2 is next; casa1/edge-7 is asked for a rebirth");
        assertRebirth(afterGap);

        assertThat(reason(take(node.data("util-1", T0, metric("power", 4, T0)))))
                .as("what follows a gap in sequence isn't believed either")
                .startsWith("no birth of casa1/edge-7");
    }

    @Test
    void the_sequence_goes_on_at_0_after_255() {
        bornWithMeter();
        for (int i = 0; i < 600; i++) {
            assertThat(accepted(node.data("util-1", T0, metric("power", i, T0))))
                    .hasSize(1);
        }
    }

    @Test
    void a_repeated_message_is_a_gap_too() {
        bornWithMeter();
        TestNode.Published data = node.data("util-1", T0, metric("power", 2, T0));
        take(data);

        assertThat(reason(take(data))).startsWith("sequence 2 where 3 is next");
    }

    @Test
    void a_node_is_asked_for_a_rebirth_no_more_often_than_allowed_and_less_and_less_often() {
        node.connect(T0);
        int asked = 0;
        for (int second = 0; second < 3_600; second++) {
            asked += host.take(node.data("", T0).topic(), node.data("", T0).body(), T0.plusSeconds(second), false)
                    .commands()
                    .size();
        }

        // after 0, 10, 20, 40, 80, 160 s, then every 300
        assertThat(asked).isBetween(14, 18);
    }

    @Test
    void a_node_that_gave_no_birth_is_asked_again_without_having_to_speak() {
        take(node.data("", T0));

        assertThat(host.due(T0.plusSeconds(9))).isEmpty();
        assertThat(host.due(T0.plusSeconds(10))).hasSize(1);
        take(node.connect(T0.plusSeconds(11)));
        assertThat(host.due(T0.plusSeconds(3_600))).isEmpty();
    }

    @Test
    void a_node_whose_birth_never_comes_is_told_with_what_may_keep_it_away() {
        for (int i = 0; i < 3; i++) {
            TestNode.Published data = node.data("", T0);
            assertThat(reason(host.take(data.topic(), data.body(), T0.plusSeconds(600L * i), false)))
                    .endsWith("casa1/edge-7 is asked for a rebirth");
        }
        assertThat(reason(take(node.data("", T0))))
                .endsWith("casa1/edge-7 was asked for a rebirth 3 times and none came: one of more than 128 KiB isn't"
                        + " delivered");

        take(node.connect(T0));
        node.data("", T0); // lost
        assertThat(reason(take(node.data("", T0)))).endsWith("casa1/edge-7 is asked for a rebirth");
    }

    @Test
    void a_clock_that_is_set_back_doesnt_silence_the_requests() {
        take(node.data("", T0));

        assertThat(host.due(T0.minusSeconds(86_400))).hasSize(1);
    }

    @Test
    void the_death_of_a_node_takes_its_devices_with_it() {
        bornWithMeter();

        Outcome death = host.take(node.will(T0).topic(), node.will(T0).body(), T0.plusSeconds(60), false);

        assertThat(death.seen())
                .as("the node itself has no readings, and so is no device")
                .containsExactly(offline("util-1", T0.plusSeconds(60), "its edge node is gone"));
        assertThat(death.commands()).as("it will be born by itself").isEmpty();
        assertThat(reason(take(node.data("util-1", T0, metric("power", 2, T0)))))
                .startsWith("no birth");
    }

    @Test
    void the_will_of_an_earlier_connection_kills_nobody() {
        take(node.connect(T0));
        TestNode.Published oldWill = node.will(T0);
        take(node.connect(T0));
        take(node.deviceBirth("util-1", T0, metric("power", 1, T0)));

        assertThat(take(oldWill).seen()).isEmpty();
        assertThat(accepted(node.data("util-1", T0, metric("power", 2, T0)))).hasSize(1);
    }

    @Test
    void a_device_that_dies_is_offline_and_the_others_go_on() {
        bornWithMeter();
        take(node.deviceBirth("pdu-1", T0, metric("power", 1, T0)));

        TestNode.Published death = node.deviceDeath("util-1", T0.plusSeconds(5));
        assertThat(host.take(death.topic(), death.body(), T0.plusSeconds(6), false)
                        .seen())
                .containsExactly(offline("util-1", T0.plusSeconds(5), "its edge node says that it is gone"));
        assertThat(accepted(node.data("pdu-1", T0, metric("power", 2, T0)))).hasSize(1);
        assertThat(reason(take(node.data("util-1", T0, metric("power", 2, T0)))))
                .startsWith("no birth of");
    }

    @Test
    void births_are_seen() {
        take(node.connect(T0));

        assertThat(take(node.deviceBirth("util-1", T0, metric("power", 1, T0))).seen())
                .containsExactly(new Outcome.Seen(id("util-1"), Presence.online(T0, "born")));
        take(node.birth(T0));
        assertThat(take(node.deviceBirth("util-1", T0, metric("power", 1, T0))).seen())
                .as("a rebirth is no news")
                .isEmpty();
    }

    @Test
    void a_new_birth_makes_the_aliases_of_the_old_one_unknown() {
        take(node.connect(T0));
        take(node.deviceBirth("util-1", T0, metric("voltage", 230, T0), metric("power", 1, T0)));
        node.reuseAliases();
        take(node.birth(T0));
        take(node.deviceBirth("util-1", T0, metric("power", 1, T0), metric("voltage", 230, T0)));

        assertThat(accepted(node.data("util-1", T0, metric("power", 9, T0))))
                .containsExactly(readings("util-1", new Sampling().gauge(Point.POWER, millis(0), 9)));
    }

    @Test
    void a_device_that_is_born_again_in_sequence_with_one_metric_more_costs_nobody_anything() {
        bornWithMeter();
        take(node.deviceBirth("pdu-1", T0, metric("power", 1, T0)));

        Outcome again = take(node.deviceBirth(
                "util-1", T0, metric("voltage", 230, T0), metric("power", 2, T0), metric("energy_import", 1, T0)));
        assertThat(again.commands()).isEmpty();
        assertThat(((Decoded.Accepted) again.decoded()).readings()).hasSize(1);
        assertThat(accepted(node.data("util-1", T0, metric("voltage", 231, T0))))
                .containsExactly(readings("util-1", new Sampling().gauge(Point.VOLTAGE, millis(0), 231)));
        assertThat(accepted(node.data("pdu-1", T0, metric("power", 3, T0)))).hasSize(1);
    }

    @Test
    void a_device_that_is_born_again_with_less_than_it_had_puts_its_whole_node_in_doubt() {
        bornWithMeter();

        assertRebirth(take(node.deviceBirth("util-1", T0, metric("voltage", 230, T0))));
    }

    @Test
    void a_message_of_before_the_birth_that_it_seems_to_follow_is_not_believed() {
        bornWithMeter();

        assertThat(reason(take(node.data("util-1", T0.minusMillis(1), metric("power", 2, T0)))))
                .startsWith("sent before the birth that it follows");
        take(node.birth(T0.minusSeconds(60)));
        take(node.deviceBirth("util-1", T0.minusSeconds(60), metric("power", 1, T0)));
        assertThat(accepted(node.data("util-1", T0.minusSeconds(59), metric("power", 2, T0))))
                .as("a node whose clock was set back is heard after its next birth")
                .hasSize(1);
    }

    @Test
    void after_a_lost_connection_nothing_that_was_born_counts() {
        bornWithMeter();
        host.disconnected();

        assertThat(host.due(T0.plusSeconds(1)))
                .as("asked without waiting for data")
                .hasSize(1);
        assertThat(reason(take(node.data("util-1", T0, metric("power", 2, T0)))))
                .startsWith("no birth");
    }

    @Test
    void after_a_lost_connection_the_next_birth_says_anew_who_is_there() {
        bornWithMeter();
        host.disconnected();

        take(node.birth(T0));
        assertThat(take(node.deviceBirth("util-1", T0, metric("power", 1, T0))).seen())
                .containsExactly(new Outcome.Seen(id("util-1"), Presence.online(T0, "born")));
        take(node.birth(T0));
        assertThat(take(node.deviceBirth("util-1", T0, metric("power", 1, T0))).seen())
                .as("no connection was lost")
                .isEmpty();
    }

    @Test
    void a_death_after_our_own_absence_counts_and_is_asked_about() {
        bornWithMeter();
        TestNode.Published earlier = node.will(T0);
        host.disconnected();
        node.connect(T0); // while we are away
        TestNode.Published death = node.will(T0);

        Outcome dead = take(death);
        assertRebirth(dead);
        assertThat(dead.seen())
                .as("of a birth that we missed")
                .containsExactly(offline("util-1", T0, "its edge node is gone"));

        take(node.connect(T0));
        take(node.deviceBirth("util-1", T0, metric("power", 1, T0)));
        host.disconnected();
        assertThat(take(earlier).seen()).hasSize(1);
        assertThat(host.due(T0.plusSeconds(60))).hasSize(1);
        take(node.birth(T0));
        assertThat(take(node.deviceBirth("util-1", T0, metric("power", 1, T0))).seen())
                .as("it lived all the while")
                .isNotEmpty();
    }

    @Test
    void a_node_that_died_while_we_were_away_is_gone_once_it_was_asked_in_vain() {
        bornWithMeter();
        host.disconnected();
        for (int second : List.of(0, 10, 30)) {
            assertThat(host.unanswered(T0.plusSeconds(second))).isEmpty();
            assertThat(host.due(T0.plusSeconds(second))).hasSize(1);
        }
        assertThat(host.unanswered(T0.plusSeconds(69))).isEmpty();
        assertThat(host.unanswered(T0.plusSeconds(70)))
                .containsExactly(offline("util-1", T0.plusSeconds(70), "no birth comes, though it is asked for"));
        assertThat(host.unanswered(T0.plusSeconds(71))).isEmpty();

        take(node.connect(T0));
        assertThat(take(node.deviceBirth("util-1", T0, metric("power", 1, T0))).seen())
                .containsExactly(new Outcome.Seen(id("util-1"), Presence.online(T0, "born")));
    }

    @Test
    void an_alias_of_another_device_or_of_none_is_not_resolved() {
        bornWithMeter();
        take(node.deviceBirth("pdu-1", T0, metric("power", 1, T0)));
        TestNode.Published foreign = node.data("pdu-1", T0, metric("power", 2, T0));
        TestNode.Published asUtil = new TestNode.Published(
                new SparkplugTopic("casa1", SparkplugTopic.Type.DDATA, "edge-7", "util-1"), foreign.payload());

        Outcome outcome = take(asUtil);
        assertThat(reason(outcome)).startsWith("alias 2 is in no birth of casa1/edge-7/util-1");
        assertRebirth(outcome);
    }

    @Test
    void a_birth_that_contradicts_itself_is_its_devices_harm_alone() {
        bornWithMeter();
        Outcome birth = take(node.deviceBirth("pdu-1", T0, metric("power", 1, T0), metric("power", 2, T0)));
        assertThat(reason(birth)).isEqualTo("'power' is born twice");
        assertThat(birth.commands()).as("it would be born as badly again").isEmpty();
        assertThat(birth.seen()).as("nothing of it can be understood").isEmpty();

        Outcome data = take(node.data("pdu-1", T0, metric("power", 3, T0)));
        assertThat(reason(data)).isEqualTo("its birth was refused: 'power' is born twice");
        assertThat(data.commands()).isEmpty();
        assertThat(accepted(node.data("util-1", T0, metric("power", 4, T0)))).hasSize(1);

        take(node.birth(T0));
        take(node.deviceBirth("pdu-1", T0, metric("power", 1, T0)));
        assertThat(accepted(node.data("pdu-1", T0, metric("power", 5, T0))))
                .as("a better birth makes it good")
                .hasSize(1);
    }

    @Test
    void a_birth_in_which_two_meters_would_be_one_register_is_refused_and_the_nodes_other_devices_go_on() {
        SparkplugNames.Metric energy = new SparkplugNames.Metric(Point.ENERGY, "");
        SparkplugHost meters = new SparkplugHost(
                "casa1",
                new SparkplugNames(Map.of(), Map.of("Meter1/Energy", energy, "Meter2/Energy", energy)),
                REBIRTH_EVERY);
        List<Outcome> outcomes = new ArrayList<>();
        for (TestNode.Published message : List.of(
                node.connect(T0, metric("Meter1/Energy", 1_000, T0), metric("Meter2/Energy", 5_000, T0)),
                node.data("", T0, metric("Meter2/Energy", 5_001, T0)),
                node.deviceBirth("util-1", T0, metric("power", 1, T0)))) {
            outcomes.add(meters.take(message.topic(), message.body(), T0, false));
        }

        assertThat(reason(outcomes.get(0)))
                .isEqualTo("'Meter1/Energy' and 'Meter2/Energy' are both 'energy', of which a device has one");
        assertThat(reason(outcomes.get(1))).startsWith("its birth was refused: ");
        assertThat(outcomes.get(2).decoded()).isInstanceOf(Decoded.Accepted.class);
    }

    @Test
    void a_unit_that_the_birth_writes_in_its_own_way_is_refused_with_what_helps() {
        take(node.connect(T0));
        PropertySet.Builder unit = PropertySet.newBuilder()
                .addKeys("engUnit")
                .addValues(PropertyValue.newBuilder().setStringValue("Watts"));

        assertThat(reason(take(
                        node.deviceBirth("util-1", T0, metric("power", 1, T0).setProperties(unit)))))
                .isEqualTo(
                        "'power': 'power' is in W, not in 'Watts', as its birth says; name its unit under 'points' of"
                                + " sparkplug");
    }

    @Test
    void an_alias_that_a_birth_gives_twice_means_neither() {
        take(node.connect(T0));
        Payload twice = Payload.newBuilder()
                .setTimestamp(T0.toEpochMilli())
                .setSeq(1)
                .addMetrics(metric("power", 1, T0).setAlias(7))
                .addMetrics(metric("voltage", 1, T0).setAlias(7))
                .build();

        assertThat(reason(take(new TestNode.Published(
                        new SparkplugTopic("casa1", SparkplugTopic.Type.DBIRTH, "edge-7", "util-1"), twice))))
                .isEqualTo("alias 7 is given to 'voltage' and to 'power'");
    }

    @Test
    void devices_that_number_their_aliases_alike_are_told_apart_by_their_topics() {
        take(node.connect(T0));
        take(node.deviceBirth("util-1", T0, metric("power", 1, T0)));
        node.reuseAliases();
        take(node.deviceBirth("pdu-1", T0, metric("voltage", 1, T0)));

        assertThat(accepted(node.data("util-1", T0, metric("power", 2, T0))))
                .containsExactly(readings("util-1", new Sampling().gauge(Point.POWER, millis(0), 2)));
        assertThat(accepted(node.data("pdu-1", T0, metric("voltage", 231, T0))))
                .containsExactly(readings("pdu-1", new Sampling().gauge(Point.VOLTAGE, millis(0), 231)));
    }

    @Test
    void a_node_whose_every_birth_ends_in_doubt_is_asked_less_and_less_often() {
        take(node.connect(T0));
        int asked = 0;
        for (int second = 0; second < 3_600; second++) {
            Instant now = T0.plusSeconds(second);
            // a device of which no birth tells
            TestNode.Published data = node.data("ghost", T0, metric("power", 1, T0));
            boolean asks =
                    !host.take(data.topic(), data.body(), now, false).commands().isEmpty();
            if (asks) {
                asked++;
                TestNode.Published birth = node.birth(T0);
                host.take(birth.topic(), birth.body(), now, false);
            }
        }

        assertThat(asked).isBetween(14, 18);
    }

    @Test
    void a_node_that_was_long_without_doubt_is_asked_at_once_and_soon_again() {
        for (int i = 0; i < 10; i++) {
            host.take(node.data("", T0).topic(), node.data("", T0).body(), T0.plusSeconds(300L * i), false);
        }
        Instant calm = T0.plusSeconds(3_600);

        assertThat(host.due(calm)).hasSize(1);
        assertThat(host.due(calm.plusSeconds(9))).isEmpty();
        assertThat(host.due(calm.plusSeconds(10))).hasSize(1);
    }

    @Test
    void what_is_historical_keeps_its_time_and_must_have_one() {
        bornWithMeter();

        assertThat(accepted(node.data(
                        "util-1",
                        T0,
                        metric("power", 3, T0.minusSeconds(7_200)).setIsHistorical(true),
                        metric("power", 4, T0))))
                .containsExactly(readings(
                        "util-1",
                        new Sampling().gauge(Point.POWER, millis(-7_200), 3).gauge(Point.POWER, millis(0), 4)));
        assertThat(reason(take(node.data(
                        "util-1",
                        Instant.EPOCH,
                        metric("power", 3, Instant.EPOCH).clearTimestamp().setIsHistorical(true)))))
                .isEqualTo("'power': historical, and without a time");
    }

    @Test
    void a_metric_without_a_time_has_that_of_its_message_or_of_its_arrival() {
        bornWithMeter();

        assertThat(accepted(node.data(
                        "util-1", T0.plusSeconds(3), metric("power", 3, T0).clearTimestamp())))
                .containsExactly(readings("util-1", new Sampling().gauge(Point.POWER, millis(3), 3)));
        TestNode.Published timeless =
                node.data("util-1", T0, metric("power", 3, T0).clearTimestamp());
        assertThat(accepted(new TestNode.Published(
                        timeless.topic(),
                        timeless.payload().toBuilder().clearTimestamp().build())))
                .containsExactly(readings("util-1", new Sampling().gauge(Point.POWER, millis(0), 3)));
    }

    @Test
    void null_bad_and_not_a_number_are_no_values() {
        bornWithMeter();

        assertThat(accepted(node.data("util-1", T0, metric("power", 3, T0).setIsNull(true))))
                .isEmpty();
        assertThat(accepted(node.data("util-1", T0, metric("power", Double.NaN, T0))))
                .isEmpty();
        assertThat(accepted(node.data(
                        "util-1",
                        T0,
                        metric("power", 3, T0)
                                .setProperties(PropertySet.newBuilder()
                                        .addKeys("Quality")
                                        .addValues(PropertyValue.newBuilder()
                                                .setType(3)
                                                .setIntValue(500))))))
                .as("stale")
                .isEmpty();
    }

    @Test
    void whole_numbers_are_signed_by_their_type() {
        take(node.connect(T0));
        take(node.deviceBirth(
                "util-1", T0, ofInt(3, 0), Metric.newBuilder().setName("energy").setDatatype(8)));

        assertThat(accepted(node.data("util-1", T0, ofInt(3, -512).clearDatatype())))
                .containsExactly(readings("util-1", new Sampling().gauge(Point.POWER, millis(0), -512)));
        assertThat(accepted(node.data(
                        "util-1",
                        T0,
                        Metric.newBuilder()
                                .setName("energy")
                                .setTimestamp(T0.toEpochMilli())
                                .setLongValue(2_000_000_000_001L))))
                .containsExactly(readings(
                        "util-1", new Sampling().register(Point.ENERGY, millis(0), 7_200_000_000_003_600_000L)));
    }

    private static Metric.Builder ofInt(int dataType, int value) {
        return Metric.newBuilder()
                .setName("power")
                .setDatatype(dataType)
                .setIntValue(value)
                .setTimestamp(T0.toEpochMilli());
    }

    @Test
    void a_float_is_the_decimal_that_it_shows() {
        take(node.connect(T0));
        take(node.deviceBirth(
                "util-1", T0, Metric.newBuilder().setName("energy").setDatatype(9)));

        assertThat(accepted(node.data(
                        "util-1",
                        T0,
                        Metric.newBuilder()
                                .setName("energy")
                                .setTimestamp(T0.toEpochMilli())
                                .setFloatValue(0.1f))))
                .containsExactly(readings("util-1", new Sampling().register(Point.ENERGY, millis(0), 360_000)));
    }

    @Test
    void names_and_units_are_ours_by_configuration_or_by_the_birth() {
        SparkplugHost named = new SparkplugHost(
                "casa1",
                new SparkplugNames(
                        Map.of("casa1/edge-7/Main Meter", "util-1"),
                        Map.of(
                                "Active/Power", new SparkplugNames.Metric(Point.POWER, "kW"),
                                "Active/Import", new SparkplugNames.Metric(Point.ENERGY_IMPORT, ""))),
                REBIRTH_EVERY);
        named.take(node.connect(T0).topic(), node.birth(T0).body(), T0, false);
        TestNode.Published birth = node.deviceBirth(
                "Main Meter",
                T0,
                metric("Active/Power", 1.5, T0),
                metric("Active/Import", 2, T0)
                        .setProperties(PropertySet.newBuilder()
                                .addKeys("engUnit")
                                .addValues(
                                        PropertyValue.newBuilder().setType(12).setStringValue("kWh"))),
                metric("Active/Whatever", 3, T0));

        assertThat(((Decoded.Accepted) named.take(birth.topic(), birth.body(), T0, false)
                                .decoded())
                        .readings())
                .containsExactly(readings(
                        "util-1",
                        new Sampling()
                                .gauge(Point.POWER, millis(0), 1_500)
                                .register(Point.ENERGY_IMPORT, millis(0), 7_200_000_000L)));
    }

    @Test
    void the_serial_number_of_a_birth_goes_with_all_that_follows() {
        take(node.connect(T0));
        take(node.deviceBirth(
                "util-1",
                T0,
                metric("power", 1, T0),
                Metric.newBuilder().setName("serial").setDatatype(12).setStringValue("A1234")));

        assertThat(accepted(node.data("util-1", T0, metric("power", 2, T0)))
                        .getFirst()
                        .serial())
                .isEqualTo("A1234");
    }

    @Test
    void two_speakers_of_one_name_are_not_one_device() {
        bornWithMeter();
        TestNode other = new TestNode("casa1", "edge-8");
        take(other.connect(T0));

        assertThat(reason(take(other.deviceBirth("util-1", T0, metric("power", 1, T0)))))
                .isEqualTo("'util-1' is casa1/edge-7/util-1 already; give casa1/edge-8/util-1 another name under"
                        + " 'devices' of sparkplug");
    }

    @Test
    void who_has_a_name_that_is_anothers_neither_brings_it_nor_takes_it_away() {
        bornWithMeter();
        TestNode other = new TestNode("casa1", "edge-8");
        take(other.connect(T0));

        assertThat(take(other.deviceBirth("util-1", T0, metric("power", 1, T0))).seen())
                .isEmpty();
        assertThat(take(other.deviceDeath("util-1", T0)).seen()).isEmpty();
        assertThat(take(other.will(T0)).seen()).isEmpty();
        assertThat(accepted(node.data("util-1", T0, metric("power", 2, T0)))).hasSize(1);
    }

    @Test
    void the_gateway_that_takes_anothers_place_is_heard_under_its_names() {
        bornWithMeter();
        TestNode successor = new TestNode("casa1", "edge-8");
        take(successor.connect(T0));
        take(successor.deviceBirth("util-1", T0, metric("power", 1, T0)));

        assertThat(take(node.will(T0)).seen()).containsExactly(offline("util-1", T0, "its edge node is gone"));

        Outcome data = take(successor.data("util-1", T0, metric("power", 2, T0)));
        assertThat(data.decoded()).isInstanceOf(Decoded.Accepted.class);
        assertThat(data.seen()).containsExactly(new Outcome.Seen(id("util-1"), Presence.online(T0, "born")));
    }

    @Test
    void who_says_nothing_of_any_point_is_told_of_only_where_the_configuration_names_it() {
        assertThat(take(node.connect(T0)).seen()).isEmpty();
        assertThat(take(node.deviceBirth("printer", T0, metric("toner", 1, T0))).seen())
                .isEmpty();
        assertThat(take(node.will(T0)).seen()).isEmpty();

        SparkplugHost named = new SparkplugHost(
                "casa1", new SparkplugNames(Map.of("casa1/edge-7", "gateway-7"), Map.of()), REBIRTH_EVERY);
        TestNode.Published birth = node.connect(T0);
        assertThat(named.take(birth.topic(), birth.body(), T0, false).seen())
                .containsExactly(new Outcome.Seen(id("gateway-7"), Presence.online(T0, "born")));
    }

    @Test
    void a_metric_with_neither_name_nor_alias_is_not_the_one_with_alias_0() {
        bornWithMeter();
        Payload nameless = Payload.newBuilder()
                .setTimestamp(T0.toEpochMilli())
                .setSeq(2)
                .addMetrics(metric("", 5, T0).clearName())
                .build();

        assertThat(reason(take(new TestNode.Published(
                        new SparkplugTopic("casa1", SparkplugTopic.Type.DDATA, "edge-7", "util-1"), nameless))))
                .startsWith("a metric with neither name nor alias");
    }

    @Test
    void a_host_that_only_listens_asks_for_nothing() {
        SparkplugHost listener = new SparkplugHost("casa1", SparkplugNames.OURS, null);
        node.connect(T0);
        TestNode.Published data = node.data("", T0, metric("power", 1, T0));

        Outcome outcome = listener.take(data.topic(), data.body(), T0, false);
        assertThat(reason(outcome)).endsWith("casa1/edge-7 has to be born again");
        assertThat(outcome.commands()).isEmpty();
        assertThat(listener.due(T0.plusSeconds(3_600))).isEmpty();
    }

    @Test
    void what_is_retained_is_refused() {
        TestNode.Published birth = node.connect(T0, metric("power", 1, T0));

        assertThat(reason(host.take(birth.topic(), birth.body(), T0, true))).startsWith("the broker had retained it");
    }

    @Test
    void bytes_that_are_no_payload_and_metrics_that_are_no_readings_are_refused() {
        bornWithMeter();
        assertThat(reason(take(node.data("util-1", T0, metric("energy_import", -1, T0)))))
                .isEqualTo("'energy_import': 'energy_import' is negative: a register counts up from 0");
        assertThat(accepted(node.data("util-1", T0, metric("power", 3, T0))))
                .as("which doesn't shake the sequence")
                .hasSize(1);

        SparkplugTopic topic = new SparkplugTopic("casa1", SparkplugTopic.Type.DDATA, "edge-7", "util-1");
        Outcome outcome = host.take(topic, new byte[] {(byte) 0xFF, 1, 2}, T0, false);
        assertThat(reason(outcome)).startsWith("not a Sparkplug B payload");
        assertRebirth(outcome);
        assertThat(reason(host.take(topic, new byte[SparkplugHost.BODY_BYTES_MAX + 1], T0, false)))
                .startsWith("a body of 122881 bytes exceeds 122880");
    }

    @Test
    void commands_of_hosts_are_of_no_concern() {
        SparkplugTopic command = new SparkplugTopic("casa1", SparkplugTopic.Type.NCMD, "edge-7", "");

        assertThat(host.take(command, new byte[] {1}, T0, false).decoded())
                .isEqualTo(new Decoded.Accepted(List.of(), Stamp.DEVICE));
    }

    @Test
    void nodes_and_their_devices_are_bounded() {
        for (int i = 0; i < EdgeNodes.NODES_MAX; i++) {
            TestNode one = new TestNode("g", "n" + i);
            take(one.connect(T0));
        }

        assertThat(reason(take(node.connect(T0)))).isEqualTo("more than 1000 edge nodes");
    }

    @Test
    void a_node_that_is_real_has_room_among_those_that_are_made_up() {
        bornWithMeter();
        for (int i = 0; i < 3 * EdgeNodes.NODES_MAX; i++) {
            take(new TestNode("g", "made-up-" + i).data("", T0, metric("power", 1, T0)));
        }

        assertThat(accepted(node.data("util-1", T0, metric("power", 2, T0)))).hasSize(1);
        TestNode later = new TestNode("casa1", "edge-8");
        assertThat(accepted(later.connect(T0, metric("power", 7, T0)))).hasSize(1);
    }

    @Test
    void a_node_that_is_forgotten_for_others_is_said_to_be_gone_and_comes_back() {
        bornWithMeter();
        host.disconnected();
        for (int i = 1; i < EdgeNodes.NODES_MAX; i++) {
            take(new TestNode("g", "n" + i).connect(T0));
        }

        assertThat(take(new TestNode("g", "one-more").connect(T0)).seen())
                .containsExactly(offline("util-1", T0, "its edge node was forgotten for others"));
        assertThat(reason(take(node.connect(T0)))).isEqualTo("more than 1000 edge nodes");
        TestNode dies = new TestNode("g", "n1");
        dies.connect(T0);
        take(dies.will(T0));
        // its place is free: who has died needn't be remembered
        take(node.connect(T0));
        assertThat(take(node.deviceBirth("util-1", T0, metric("power", 1, T0))).seen())
                .containsExactly(new Outcome.Seen(id("util-1"), Presence.online(T0, "born")));
    }

    @Test
    void a_name_that_is_longer_than_any_is_refused_before_it_is_remembered() {
        String longer = "x".repeat(SparkplugTopic.NAME_CHARACTERS_MAX + 1);
        for (TestNode one : List.of(new TestNode(longer, "edge-7"), new TestNode("casa1", longer))) {
            Outcome outcome = take(one.connect(T0));
            assertThat(reason(outcome)).isEqualTo("a name of more than 128 characters in the topic");
            assertThat(outcome.commands()).isEmpty();
        }
        take(node.connect(T0));
        assertThat(reason(take(node.deviceBirth(longer, T0)))).startsWith("a name of more than 128 characters");
    }

    @Test
    void a_birth_whose_names_would_fill_the_memory_is_refused_and_so_is_its_unit() {
        take(node.connect(T0));
        String longer = "m".repeat(BirthCertificate.METRIC_CHARACTERS_MAX + 1);
        assertThat(reason(take(node.deviceBirth("util-1", T0, metric(longer, 1, T0)))))
                .endsWith("m...': a name of more than 256 characters");
        PropertySet.Builder unit = PropertySet.newBuilder()
                .addKeys("engUnit")
                .addValues(PropertyValue.newBuilder().setStringValue("W".repeat(65)));
        assertThat(reason(take(
                        node.deviceBirth("util-2", T0, metric("power", 1, T0).setProperties(unit)))))
                .isEqualTo("'power': a unit of more than 64 characters");
    }

    @Test
    void a_device_that_finds_no_place_among_those_that_are_born_is_its_own_harm_alone() {
        bornWithMeter();
        fillPlaces(1);

        Outcome late = take(node.deviceBirth("util-2", T0, metric("power", 1, T0)));
        assertThat(reason(late)).isEqualTo("more than 10000 devices of all edge nodes");
        assertThat(late.commands()).isEmpty();
        assertThat(reason(take(node.data("util-2", T0, metric("power", 2, T0)))))
                .isEqualTo("no birth of casa1/edge-7/util-2 is known, and all places of devices are taken");
        assertThat(accepted(node.data("util-1", T0, metric("power", 2, T0)))).hasSize(1);
    }

    @Test
    void a_device_that_found_no_place_is_asked_for_once_there_are_others_that_would_have_to_make_room() {
        bornWithMeter();
        TestNode madeUp = fillPlaces(1).getFirst();
        take(node.deviceBirth("util-2", T0, metric("power", 1, T0)));
        madeUp.data("d0", T0); // lost
        take(madeUp.data("d0", T0));

        assertRebirth(take(node.data("util-2", T0, metric("power", 2, T0))));
        take(node.birth(T0));
        assertThat(accepted(node.deviceBirth("util-2", T0, metric("power", 3, T0))))
                .hasSize(1);
    }

    @Test
    void a_device_of_a_real_node_has_a_place_when_those_that_were_made_up_have_died() {
        for (TestNode madeUp : fillPlaces(0)) {
            take(madeUp.will(T0));
        }

        take(node.connect(T0));
        assertThat(accepted(node.deviceBirth("util-1", T0, metric("power", 1, T0))))
                .hasSize(1);
        assertThat(accepted(node.data("util-1", T0, metric("power", 2, T0)))).hasSize(1);
    }

    @Test
    void a_device_of_a_real_node_has_a_place_though_those_of_nodes_in_doubt_take_all() {
        TestNode inDoubt = fillPlaces(0).getFirst();
        inDoubt.data("d0", T0); // lost
        take(inDoubt.data("d0", T0));

        take(node.connect(T0));
        Outcome born = take(node.deviceBirth("util-1", T0, metric("power", 1, T0)));
        assertThat(born.decoded()).isInstanceOf(Decoded.Accepted.class);
        assertThat(accepted(node.data("util-1", T0, metric("power", 2, T0)))).hasSize(1);
    }

    @Test
    void a_node_whose_devices_are_renamed_has_places_for_those_of_its_latest_birth() {
        for (String name : List.of("a", "b")) {
            take(node.connect(T0));
            for (int i = 0; i < 600; i++) {
                take(node.deviceBirth(name + i, T0, metric("power", 1, T0)));
            }
        }
        assertThat(accepted(node.data("b599", T0, metric("power", 2, T0)))).hasSize(1);

        // 1,200 names in two births: those go that were born the longest ago, and so many as have to
        List<Outcome.Seen> gone = take(node.will(T0)).seen();
        assertThat(gone).hasSize(EdgeNodes.DEVICES_MAX);
        assertThat(gone).extracting(seen -> seen.device().device()).contains("a200", "b0", "b599");
    }

    @Test
    void what_is_compressed_is_refused_in_words_and_no_node_is_asked_for_it() {
        for (TestNode.Published plain :
                List.of(node.connect(T0), node.deviceBirth("util-1", T0), node.data("util-1", T0))) {
            Payload compressed = Payload.newBuilder(plain.payload())
                    .clearMetrics()
                    .setUuid("SPBV1.0_COMPRESSED")
                    .build();
            Outcome outcome = take(new TestNode.Published(plain.topic(), compressed));
            assertThat(reason(outcome))
                    .isEqualTo("it is compressed, which is no part of Sparkplug: switch that off at its edge node");
            assertThat(outcome.commands()).isEmpty();
        }
    }

    /** With devices that are born; but for so many. */
    private List<TestNode> fillPlaces(int except) {
        List<TestNode> madeUp = new ArrayList<>();
        for (int i = 0; i < EdgeNodes.ALL_DEVICES_MAX - except; i++) {
            if (i % EdgeNodes.DEVICES_MAX == 0) {
                madeUp.add(new TestNode("g", "n" + i));
                take(madeUp.getLast().connect(T0));
            }
            take(madeUp.getLast().deviceBirth("d" + i % EdgeNodes.DEVICES_MAX, T0));
        }
        return madeUp;
    }

    private void bornWithMeter() {
        take(node.connect(T0));
        take(node.deviceBirth("util-1", T0, metric("power", 1, T0), metric("energy_import", 1, T0)));
    }

    private Outcome take(TestNode.Published published) {
        return host.take(published.topic(), published.body(), T0, false);
    }

    private List<Readings> accepted(TestNode.Published published) {
        Decoded decoded = take(published).decoded();
        assertThat(decoded).isInstanceOf(Decoded.Accepted.class);
        return ((Decoded.Accepted) decoded).readings();
    }

    private static String reason(Outcome outcome) {
        assertThat(outcome.decoded()).isInstanceOf(Decoded.Refused.class);
        return ((Decoded.Refused) outcome.decoded()).reason();
    }

    private static void assertRebirth(Outcome outcome) {
        assertThat(outcome.commands()).singleElement().satisfies(command -> {
            assertThat(command.topic()).isEqualTo("spBv1.0/casa1/NCMD/edge-7");
            Metric metric = Payload.parseFrom(command.payload()).getMetrics(0);
            assertThat(metric.getName()).isEqualTo("Node Control/Rebirth");
            assertThat(metric.getBooleanValue()).isTrue();
        });
    }

    private static Outcome.Seen offline(String device, Instant since, String reason) {
        return new Outcome.Seen(id(device), Presence.offline(since, reason));
    }

    private static Readings readings(String device, Sampling sampling) {
        return new Readings(id(device), "", sampling.series());
    }

    private static DeviceId id(String device) {
        return new DeviceId("casa1", device);
    }

    private static long millis(long seconds) {
        return T0.plusSeconds(seconds).toEpochMilli();
    }
}
