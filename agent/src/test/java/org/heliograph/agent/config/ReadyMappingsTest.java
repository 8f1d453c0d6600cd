package org.heliograph.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.json.JsonDecoder;
import org.heliograph.agent.payload.json.Pointer;
import org.heliograph.agent.payload.json.Rule;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.junit.jupiter.api.Test;

/** What ships with the agent, on what the devices' makers document that they send. */
class ReadyMappingsTest {
    private static final Instant ARRIVAL = Instant.parse("2026-07-01T10:00:00Z");
    private static final long NOW = ARRIVAL.toEpochMilli();

    @Test
    void tasmota_counts_kilowatt_hours_to_the_millijoule() {
        assertThat(decode("tasmota-energy", "tele/plug-7/SENSOR", """
                {"Time":"2026-07-01T11:00:00","ENERGY":{"TotalStartTime":"2023-01-01T00:00:00","Total":12345.678901,
                 "Yesterday":1.2,"Today":0.5,"Power":42,"ApparentPower":44,"ReactivePower":12,"Factor":0.95,
                 "Voltage":230,"Current":0.183}}"""))
                .containsExactly(readings(
                        "plug-7",
                        new Sampling()
                                .register(Point.ENERGY, NOW, 44_444_444_043_600L)
                                .gauge(Point.POWER, NOW, 42)
                                .gauge(Point.APPARENT_POWER, NOW, 44)
                                .gauge(Point.POWER_FACTOR, NOW, 0.95)
                                .gauge(Point.VOLTAGE, NOW, 230)
                                .gauge(Point.CURRENT, NOW, 0.183)));
    }

    @Test
    void a_tasmota_of_three_phases_tells_its_total() {
        assertThat(decode("tasmota-energy", "tele/grid-1/SENSOR", """
                {"Time":"2026-07-01T11:00:00","ENERGY":{"TotalStartTime":"2026-01-01T00:00:00","Total":1234.567,
                 "Yesterday":7.1,"Today":3.2,"Period":[1,2,1],"Power":[120,230.5,-0.5],"ApparentPower":[130,240,2],
                 "ReactivePower":[10,20,1],"Factor":[0.92,0.96,0.1],"Frequency":50,"Voltage":[231,229,230],
                 "Current":[0.563,1.048,0.009]}}"""))
                .containsExactly(readings(
                        "grid-1",
                        new Sampling()
                                .register(Point.ENERGY, NOW, 4_444_441_200_000L)
                                .gauge(Point.POWER, NOW, 350)
                                .gauge(Point.APPARENT_POWER, NOW, 372)
                                .gauge(Point.FREQUENCY, NOW, 50)));
        assertThat(decode("tasmota-energy", "tele/grid-1/SENSOR", """
                {"Time":"2026-07-01T11:00:00","ENERGY":{"Total":[1,2.5,0],"Power":[1,2,3]}}"""))
                .as("with SetOption129 a register for each phase")
                .containsExactly(readings(
                        "grid-1",
                        new Sampling()
                                .register(Point.ENERGY, NOW, 12_600_000_000L)
                                .gauge(Point.POWER, NOW, 6)));
    }

    @Test
    void a_tasmota_that_writes_its_time_otherwise_or_lacks_a_phase_is_heard_all_the_same() {
        for (String time : List.of("\"2026-07-01T11:00:00+01:00\"", "1782900000", "\"2026-07-01T11:00:00.000\"")) {
            assertThat(decode("tasmota-energy", "tele/grid-1/SENSOR", """
                    {"Time":%s,"ENERGY":{"Total":1.5,"Power":[1,2,null],"Frequency":[50,null,null]}}""".formatted(time)))
                    .as(time)
                    .containsExactly(readings("grid-1", new Sampling().register(Point.ENERGY, NOW, 5_400_000_000L)));
        }
    }

    @Test
    void a_tasmota_without_a_meter_is_in_order() {
        assertThat(decode("tasmota-energy", "tele/sonoff-3/SENSOR", """
                {"Time":"2026-07-01T11:00:00","ESP32":{"Temperature":47.8},"TempUnit":"C"}""")).isEmpty();
    }

    @Test
    void a_shelly_plug_behind_which_the_sun_shines_tells_what_it_returned() {
        for (String component : List.of("switch:0", "switch:3", "pm1:0")) {
            assertThat(decode("shelly-gen2", "shelly-9/status/" + component, """
                    {"id":0,"aenergy":{"total":11.679},"ret_aenergy":{"total":2.5}}"""))
                    .as(component)
                    .containsExactly(readings(
                            "shelly-9-" + component.substring(component.length() - 1),
                            new Sampling()
                                    .register(Point.ENERGY, NOW, 42_044_400L)
                                    .register(Point.ENERGY_EXPORT, NOW, 9_000_000L)));
        }
        long then = 1_782_899_945_040L;
        assertThat(decode("shelly-gen2", "shelly-9/events/rpc", """
                {"src":"shelly-9","method":"NotifyStatus",
                 "params":{"ts":1782899945.04,"pm1:0":{"id":0,"ret_aenergy":{"total":2.5}}}}"""))
                .containsExactly(
                        readings("shelly-9-0", new Sampling().register(Point.ENERGY_EXPORT, then, 9_000_000L)));
    }

    @Test
    void shelly_of_the_first_generation_has_a_topic_for_each_value_and_a_device_for_each_channel() {
        assertThat(decode("shelly-gen1", "shellies/shellyem-B9/emeter/1/power", "-512.33"))
                .containsExactly(readings("shellyem-B9-1", new Sampling().gauge(Point.POWER, NOW, -512.33)));
        assertThat(decode("shelly-gen1", "shellies/shellyem-B9/emeter/0/total", "1234567.8"))
                .containsExactly(readings(
                        "shellyem-B9-0",
                        new Sampling()
                                .register(Point.ENERGY, NOW, 4_444_444_080_000L)
                                .register(Point.ENERGY_IMPORT, NOW, 4_444_444_080_000L)));
        assertThat(decode("shelly-gen1", "shellies/shellyplug-s-1/relay/0/energy", "100001"))
                .as("watt-minutes are 60 J each")
                .containsExactly(
                        readings("shellyplug-s-1-0", new Sampling().register(Point.ENERGY, NOW, 6_000_060_000L)));
    }

    @Test
    void shelly_of_the_second_generation_tells_a_components_status() {
        assertThat(decode("shelly-gen2", "shellyplus1pm-a8/status/switch:0", """
                {"id":0,"source":"init","output":true,"apower":8.9,"voltage":237.5,"current":0.05,"pf":0.7,"freq":50.0,
                 "aenergy":{"total":11.679,"by_minute":[0.0,0.0,0.0],"minute_ts":1654511972},
                 "temperature":{"tC":53.3,"tF":127.9}}"""))
                .containsExactly(readings(
                        "shellyplus1pm-a8-0",
                        new Sampling()
                                .gauge(Point.POWER, NOW, 8.9)
                                .gauge(Point.VOLTAGE, NOW, 237.5)
                                .gauge(Point.CURRENT, NOW, 0.05)
                                .gauge(Point.POWER_FACTOR, NOW, 0.7)
                                .gauge(Point.FREQUENCY, NOW, 50)
                                .register(Point.ENERGY, NOW, 42_044_400L)));
        assertThat(decode("shelly-gen2", "shellypro3em-1/status/emdata:0", """
                {"id":0,"a_total_act_energy":1.0,"total_act":654321.12,"total_act_ret":3.5}"""))
                .containsExactly(readings(
                        "shellypro3em-1-0",
                        new Sampling()
                                .register(Point.ENERGY, NOW, 2_355_556_032_000L)
                                .register(Point.ENERGY_IMPORT, NOW, 2_355_556_032_000L)
                                .register(Point.ENERGY_EXPORT, NOW, 12_600_000L)));
    }

    /** A role counts one direction or what has been used, and by its register: whatever a meter is put to, it has one. */
    @Test
    void whatever_an_energy_meter_measures_its_forward_register_counts() {
        MappingList.ready()
                .forEach((mapping, rules) -> rules.stream()
                        .filter(rule -> pointer(rule, Point.ENERGY_IMPORT).isPresent())
                        .forEach(rule -> assertThat(pointer(rule, Point.ENERGY))
                                .as(mapping + " " + rule.topic().filter())
                                .isEqualTo(pointer(rule, Point.ENERGY_IMPORT))));
    }

    private static Optional<Pointer> pointer(Rule rule, Point point) {
        return rule.points().stream()
                .filter(mapped -> mapped.point() == point)
                .map(Rule.MappedPoint::at)
                .findFirst();
    }

    @Test
    void shelly_notifies_of_several_components_at_once_and_of_things_that_are_no_readings() {
        long then = 1_782_899_945_040L;
        assertThat(decode("shelly-gen2", "shellypro4pm-f0/events/rpc", """
                {"src":"shellypro4pm-f0","dst":"x/events","method":"NotifyStatus",
                 "params":{"ts":1782899945.04,"switch:0":{"id":0,"apower":8.9},"switch:3":{"id":3,"apower":0.1}}}"""))
                .containsExactlyInAnyOrder(
                        readings("shellypro4pm-f0-0", new Sampling().gauge(Point.POWER, then, 8.9)),
                        readings("shellypro4pm-f0-3", new Sampling().gauge(Point.POWER, then, 0.1)));
        assertThat(decode("shelly-gen2", "shellypro4pm-f0/events/rpc", """
                {"src":"shellypro4pm-f0","method":"NotifyStatus","params":{"ts":1782899945.04,"wifi":{"rssi":-50}}}""")).isEmpty();
        assertThat(decode("shelly-gen2", "shellypro4pm-f0/events/rpc", """
                {"src":"shellypro4pm-f0","method":"NotifyEvent","params":{"ts":1782899945.04,"events":[]}}""")).isEmpty();
    }

    @Test
    void an_open_dtu_tells_of_each_inverter() {
        assertThat(decode("opendtu", "solar/114182301234/0/yieldtotal", "1234.567"))
                .containsExactly(
                        readings("inv-114182301234", new Sampling().register(Point.ENERGY, NOW, 4_444_441_200_000L)));
        assertThat(decode("opendtu", "solar/114182301234/0/powerfactor", "0.998"))
                .containsExactly(readings("inv-114182301234", new Sampling().gauge(Point.POWER_FACTOR, NOW, 0.998)));
    }

    @Test
    void a_generic_pdu_tells_its_serial_number_and_its_breaker_in_words() {
        long then = Instant.parse("2026-07-01T09:59:58Z").toEpochMilli();
        assertThat(decode("generic-pdu", "pdu/pdu-a01a/status", """
                {"time":"2026-07-01T10:59:58+01:00","serial":"ZA7","power":1203.5,"energy":4321.0001,"breaker":"Tripped"}"""))
                .containsExactly(new Readings(
                        new DeviceId("casa1", "pdu-a01a"),
                        "ZA7",
                        new Sampling()
                                .gauge(Point.POWER, then, 1203.5)
                                .register(Point.ENERGY, then, 15_555_600_360_000L)
                                .gauge(Point.BREAKER, then, 1)
                                .series()));
    }

    private static List<Readings> decode(String mapping, String topic, String payload) {
        List<Rule> rules = MappingList.ready().getOrDefault(mapping, List.of());
        JsonDecoder decoder = new JsonDecoder(
                "casa1", rules.stream().map(ReadyMappingsTest::inUtcPlusOne).toList());
        assertThat(decoder.knows(topic)).as(topic).isTrue();
        return switch (decoder.decode(topic, payload.getBytes(StandardCharsets.UTF_8), ARRIVAL)) {
            case Decoded.Accepted accepted -> accepted.readings();
            case Decoded.Refused refused -> throw new AssertionError(refused.reason());
        };
    }

    /** As {@code zone: Africa/Casablanca} says it of a mapping. */
    private static Rule inUtcPlusOne(Rule rule) {
        return MappingList.with(rule, Map.of(), ZoneId.of("Africa/Casablanca"));
    }

    private static Readings readings(String device, Sampling sampling) {
        return new Readings(new DeviceId("casa1", device), "", sampling.series());
    }
}
