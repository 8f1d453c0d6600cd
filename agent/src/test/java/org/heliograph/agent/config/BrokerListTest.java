package org.heliograph.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.heliograph.agent.payload.json.Factor;
import org.heliograph.agent.payload.json.NameTemplate;
import org.heliograph.agent.payload.json.Pointer;
import org.heliograph.agent.payload.json.Rule;
import org.heliograph.agent.payload.json.TimeField;
import org.heliograph.agent.payload.json.TopicPattern;
import org.heliograph.agent.payload.sparkplug.SparkplugNames;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a broker can be told to bring beyond SenML. */
class BrokerListTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void a_mapping_of_ones_own_is_read() throws Exception {
        assertThat(read("""
                    mappings:
                      - topic: plant/{line}/{meter}
                        device: "m-{meter}"
                        devices: {m-7: util-1}
                        time: {at: /ts, form: local}
                        zone: Africa/Casablanca
                        when: {at: /type, equals: measurement}
                        serial: /sn
                        points:
                          energy: {at: /e, factor: 1/10, unit: kWh}
                          breaker: {at: /b, words: {OK: 0, "Off": 2}}
                          power: {topic: p}
                """).rules())
                .containsExactly(
                        rule(
                                "plant/{line}/{meter}",
                                new Rule.MappedPoint(
                                        Point.ENERGY, new Pointer("/e"), Factor.parse("1000/10"), Map.of()),
                                new Rule.MappedPoint(
                                        Point.BREAKER, new Pointer("/b"), Factor.ONE, Map.of("ok", 0, "off", 2))),
                        rule(
                                "plant/{line}/{meter}/p",
                                new Rule.MappedPoint(Point.POWER, new Pointer(""), Factor.ONE, Map.of())));
    }

    @ParameterizedTest
    @CsvSource({
        "tcp://broker:1883,   tcp://broker:1883",
        "mqtt://broker:1883,  tcp://broker:1883",
        "ssl://broker:8883,   ssl://broker:8883",
        "mqtts://broker:8883, ssl://broker:8883",
        "mqtts://broker,      ssl://broker:8883"
    })
    void what_others_call_mqtt_and_mqtts_is_known(String url, String known) throws Exception {
        assertThat(read(url, "").url()).isEqualTo(known);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "broker:1883", "http://broker:1883", "ws://broker:80"})
    void another_address_is_refused_with_what_is_right(String url) {
        assertThatThrownBy(() -> read(url, ""))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("mqtt[0].url: '" + url + "' is not tcp://host:port or ssl://host:port");
    }

    private static Rule rule(String topic, Rule.MappedPoint... points) {
        return new Rule(
                new TopicPattern(topic),
                new NameTemplate("m-{meter}"),
                Map.of("m-7", "util-1"),
                List.of(points),
                new TimeField(new Pointer("/ts"), TimeField.Form.LOCAL, ZoneId.of("Africa/Casablanca")),
                new Rule.Condition(new Pointer("/type"), "measurement"),
                new Pointer("/sn"),
                false);
    }

    @Test
    void what_is_wrong_with_a_mapping_is_said_with_its_line_and_field() {
        assertThatThrownBy(() -> read("""
                    mappings:
                      - {use: tasmotas}
                      - {use: opendtu, zone: Africa/Casablanca}
                      - {use: tasmota-energy, zone: Casablanca, devices: {a: "b c", d: e, f: e}, topic: x}
                      - topic: plant/+/x
                        points: {power: {}}
                      - topic: plant/x
                        points: {power: {at: W}}
                      - topic: plant/{device}
                        device: "{serial}"
                        points:
                          power: {at: /w, unit: kWh}
                          energy: {at: /e, factor: ten, words: {a: 1}}
                          wattage: {at: /w}
                      - topic: plant/{device}/y
                        time: {at: /t, form: unix}
                """))
                .isInstanceOf(ConfigurationException.class)
                .extracting(e -> ((ConfigurationException) e)
                        .flaws().stream()
                                .map(fault -> fault.line() + " " + fault.field().substring(8) + ": " + fault.message())
                                .toList())
                .asInstanceOf(InstanceOfAssertFactories.list(String.class))
                .containsExactlyInAnyOrder(
                        "8 mappings[0].use: 'tasmotas' is no mapping that ships with the agent: tasmota-energy"
                                + " shelly-gen1 shelly-gen2 opendtu generic-pdu",
                        "9 mappings[1].zone: is of no use: this mapping has no local times",
                        "10 mappings[2].zone: 'Casablanca' is not a time zone such as Africa/Casablanca",
                        "10 mappings[2].devices.a: 'b c' is not a device's name",
                        "10 mappings[2].devices.f: 'e' is another device's name already",
                        "10 mappings[2].topic: unknown field; known here: use devices zone",
                        "11 mappings[3].topic: 'plant/+/x' has a wildcard; give the level a name, such as {device}",
                        "13 mappings[4].topic: the topic has no level {device}, which is the device's name; or say"
                                + " 'device'",
                        "14 mappings[4].points.power.at: 'W' is not a JSON pointer such as /ENERGY/Power",
                        "16 mappings[5].device: the topic has no level {serial}",
                        "18 mappings[5].points.power.unit: 'kWh' is no unit of power, which is in W",
                        "19 mappings[5].points.energy.factor: 'ten' is not a factor such as 0.1, -1 or 1/60",
                        "19 mappings[5].points.energy.words: a register is a number",
                        "20 mappings[5].points.wattage: is not a point",
                        "21 mappings[6].points: is missing",
                        "22 mappings[6].time.form: 'unix' is none of seconds, milliseconds, iso, local");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "my meter             | device: 'my meter' makes no device's name",
                "`{device`            | device: '{device': a name of the topic is written {like} this",
                "`m-{meter-no}`       | device: 'm-{meter-no}': a name of the topic is written {like} this",
                "`-{meter}`           | device: '-{meter}' makes no device's name",
                "pdu-1, devices: {m1: pdu-1} | devices: lists no 'pdu-1', which is what 'device' says",
            })
    void a_mapping_whose_messages_could_only_be_refused_is_a_fault(String device, String message) {
        assertThatThrownBy(() -> read("    mappings: [{topic: 'plant/{meter}', points: {power: {at: /w}}, device: "
                        + (device.contains("{") && !device.contains(",") ? "'" + device + "'" : device) + "}]\n"))
                .hasMessage(folder.resolve("agent.yaml") + ":7: mqtt[0].mappings[0]." + message);
    }

    @Test
    void a_name_that_is_none_of_a_device_may_be_translated() throws Exception {
        assertThat(
                        read("    mappings: [{topic: t, device: 'my meter', devices: {my meter: m}, points: {power: {at: /w}}}]\n")
                                .rules())
                .hasSize(1);
    }

    @Test
    void a_word_may_be_there_in_two_cases_that_mean_the_same() throws Exception {
        assertThat(
                        read("    mappings: [{topic: 't/{device}', points: {breaker: {at: /b, words: {Open: 1, OPEN: 1}}}}]\n")
                                .rules())
                .hasSize(1);
    }

    @Test
    void a_word_that_means_another_number_in_another_case_is_a_fault() {
        assertThatThrownBy(
                        () -> read(
                                "    mappings: [{topic: 't/{device}', points: {breaker: {at: /b, words: {Open: 1, OPEN: 2}}}}]\n"))
                .hasMessageContaining(
                        ":7: mqtt[0].mappings[0].points.breaker.words.OPEN: is there with another number, and its case doesn't matter");
    }

    @Test
    void a_session_apart_takes_nothing_from_the_agents_and_says_nothing() throws Exception {
        AgentConfig.Mqtt agents = read("""
                    topics: ["$share/edge/hg/casa1/+/senml", hg/casa1/+/senml, plant/#]
                    sparkplug: {host: heliograph}
                """);

        AgentConfig.Mqtt apart = agents.apart("-test", false);
        assertThat(apart.topics()).containsExactly("hg/casa1/+/senml", "plant/#");
        assertThat(apart.clientId()).isEqualTo(agents.clientId() + "-test");
        assertThat(apart.sessionExpiry()).isZero();
        assertThat(apart.sparkplug()).isEqualTo(new AgentConfig.Sparkplug(List.of(), null, null, SparkplugNames.OURS));
        assertThat(agents.apart("-test", true).sparkplug())
                .as("that is to ask for births")
                .isEqualTo(new AgentConfig.Sparkplug(List.of(), null, Duration.ofSeconds(10), SparkplugNames.OURS));
    }

    @Test
    void sparkplug_is_read() throws Exception {
        assertThat(read("""
                    sparkplug:
                      groups: [casa1]
                      host: heliograph
                      rebirthEvery: PT30S
                      devices: {"casa1/edge-7/meter 1": util-1, casa1/edge-7: gateway-7}
                      points: {"Meter/Active Power": {point: power, unit: kW}}
                """).sparkplug())
                .isEqualTo(new AgentConfig.Sparkplug(
                        List.of("casa1"),
                        "heliograph",
                        Duration.ofSeconds(30),
                        new SparkplugNames(
                                Map.of("casa1/edge-7/meter 1", "util-1", "casa1/edge-7", "gateway-7"),
                                Map.of("Meter/Active Power", new SparkplugNames.Metric(Point.POWER, "kW")))));
        assertThat(read("    sparkplug:\n").sparkplug())
                .as("with nothing said, everything is as it is called")
                .isEqualTo(new AgentConfig.Sparkplug(List.of(), null, Duration.ofSeconds(10), SparkplugNames.OURS));
    }

    @Test
    void what_is_wrong_with_sparkplug_is_said_with_its_line_and_field() {
        assertThatThrownBy(() -> read("""
                    sparkplug:
                      groups: [a/b]
                      host: "+"
                      rebirthEvery: PT0.1S
                      devices: {edge-7: util-1, g/n/d: "a b"}
                      points: {W: {unit: kW}, E: {point: energy, unit: kW}, X: {point: wattage}}
                """))
                .isInstanceOf(ConfigurationException.class)
                .extracting(e -> ((ConfigurationException) e)
                        .flaws().stream()
                                .map(fault -> fault.line() + " " + fault.field().substring(18))
                                .toList())
                .asInstanceOf(InstanceOfAssertFactories.list(String.class))
                .containsExactlyInAnyOrder(
                        "8 groups[0]",
                        "9 host",
                        "10 rebirthEvery",
                        "11 devices.edge-7",
                        "11 devices.g/n/d",
                        "12 points.W.point",
                        "12 points.E.unit",
                        "12 points.X.point");
    }

    @Test
    void a_broker_may_speak_for_another_parts_device_only_where_both_say_so() throws Exception {
        String named = """
                    mappings: [{use: tasmota-energy, zone: UTC, devices: {plug-7: crac-09}}]
                    sparkplug: {devices: {g/n: crac-10}}
                """;
        String coap = """
                coap:
                  - {device: crac-09, uri: "coap://127.0.0.1"}
                  - {device: crac-10, uri: "coap://127.0.0.2"}
                """;

        assertThat(read(named).speaksFor()).isEmpty();
        assertThatThrownBy(() -> read(named + coap))
                .hasMessageContaining("agent.yaml:7: mqtt[0].mappings: 'crac-09' is a device of another part")
                .hasMessageContaining("'crac-10' is a device of another part");
        assertThat(read(named + "    speaksFor: [crac-09, crac-10]\n" + coap).speaksFor())
                .containsExactlyInAnyOrder("crac-09", "crac-10");
        assertThatThrownBy(() -> read("    speaksFor: [crac-09, crac-11]\n" + coap))
                .hasMessageContaining("mqtt[0].speaksFor[1]: 'crac-11' is a device of no other part");
    }

    @Test
    void a_broker_may_speak_3_1_1_which_has_no_word_for_some_settings() throws Exception {
        assertThat(read("    protocol: 3.1.1\n").protocol()).isEqualTo(AgentConfig.Protocol.V3_1_1);
        assertThatThrownBy(() -> read("    protocol: 3.1.1\n    sessionExpiry: P1D\n    receiveMaximum: 10\n"))
                .hasMessageContaining("mqtt[0].sessionExpiry: is of MQTT 5")
                .hasMessageContaining("mqtt[0].receiveMaximum: is of MQTT 5");
        assertThatThrownBy(() -> read("    protocol: 3\n")).hasMessageContaining("'3' is neither 5 nor 3.1.1");
    }

    private AgentConfig.Mqtt read(String more) throws IOException, ConfigurationException {
        return read("tcp://broker:1883", more);
    }

    private AgentConfig.Mqtt read(String url, String more) throws IOException, ConfigurationException {
        Path file = Files.writeString(folder.resolve("agent.yaml"), """
                agent: edge-1
                site: casa1
                kafka: {bootstrap: "kafka:9092"}
                journal: {path: agent.journal}
                mqtt:
                  - url: %s
                """.formatted(url) + more);
        return AgentFile.read(file).mqtt().getFirst();
    }
}
