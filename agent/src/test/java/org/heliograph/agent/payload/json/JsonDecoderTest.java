package org.heliograph.agent.payload.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Stamp;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonDecoderTest {
    private static final Instant ARRIVAL = Instant.parse("2026-07-01T10:00:00Z");
    private static final long NOW = ARRIVAL.toEpochMilli();
    private static final ZoneId PARIS = ZoneId.of("Europe/Paris");

    @Test
    void a_register_beyond_the_precision_of_a_double_keeps_every_millijoule() {
        assertThat(accepted(energy("1000"), "{\"e\":2100000000.000123457}").series())
                .isEqualTo(new Sampling()
                        .register(Point.ENERGY, NOW, 7_560_000_000_000_444_445L)
                        .series());
        assertThat(accepted(energy("1000"), "{\"e\":\"2100000000.000123457\"}").series())
                .as("a number in quotes is as exact")
                .isEqualTo(new Sampling()
                        .register(Point.ENERGY, NOW, 7_560_000_000_000_444_445L)
                        .series());
    }

    @Test
    void a_fraction_as_a_factor_is_exact() {
        assertThat(accepted(energy("1/60"), "{\"e\":1}").series())
                .isEqualTo(new Sampling().register(Point.ENERGY, NOW, 60_000).series());
        assertThat(accepted(energy("1/60"), "{\"e\":123456789}").series())
                .isEqualTo(new Sampling()
                        .register(Point.ENERGY, NOW, 7_407_407_340_000L)
                        .series());
    }

    @Test
    void what_nobody_asks_for_costs_no_more_than_it_is_long() {
        String body = "{\"p\":7,\"" + "k".repeat(30_000) + "\":[" + "1,".repeat(16_000) + "1]}";
        Rule rule = rule("x/{device}", "{device}", Map.of());
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = memory.getCurrentThreadAllocatedBytes();

        assertThat(accepted(rule, body).series()).hasSize(1);

        // with a path for each value it was half a gigabyte
        assertThat(memory.getCurrentThreadAllocatedBytes() - before).isLessThan(8 << 20);
    }

    @Test
    void what_is_broken_where_nobody_asks_is_broken_all_the_same() {
        Rule rule = rule("x/{device}", "{device}", Map.of());
        for (String broken : List.of(
                "{\"p\":7,\"x\":{\"a\":1,\"a\":2}}",
                "{\"p\":7,\"x\":[1,}]}",
                "{\"p\":7,\"x\":[1,{\"a\":2]}",
                "{\"p\":7,\"x\":[[1,2]",
                "{\"p\":7,\"x\":[tru]}")) {
            assertThat(decode(rule, "x/d", broken)).as(broken).isInstanceOf(Decoded.Refused.class);
        }
    }

    @Test
    void the_topics_names_make_the_devices() {
        Rule rule = rule("x/{a}/{b}/y", "{b}-of-{a}", Map.of());

        assertThat(new JsonDecoder("casa1", List.of(rule)).filters()).containsExactly("x/+/+/y");
        assertThat(((Decoded.Accepted) decode(rule, "x/r1/m2/y", "{\"p\":1}"))
                        .readings()
                        .getFirst()
                        .device())
                .isEqualTo(new DeviceId("casa1", "m2-of-r1"));
    }

    @Test
    void where_devices_are_listed_no_other_speaks() {
        Rule rule = rule("x/{device}", "{device}", Map.of("DVES_1", "pdu-a01a"));

        assertThat(((Decoded.Accepted) decode(rule, "x/DVES_1", "{\"p\":1}"))
                        .readings()
                        .getFirst()
                        .device())
                .isEqualTo(new DeviceId("casa1", "pdu-a01a"));
        assertThat(decode(rule, "x/pdu-a01a", "{\"p\":1}"))
                .isEqualTo(new Decoded.Refused("'pdu-a01a' is not among the devices that the mapping lists: 'DVES_1'"));
    }

    @Test
    void a_channel_that_is_nobodys_takes_none_of_the_others_with_it() {
        Map<String, String> listed = Map.of("em-0", "util-1");
        JsonDecoder decoder = new JsonDecoder(
                "casa1", List.of(rule("x/{device}", "{device}-0", listed), rule("x/{device}", "{device}-1", listed)));

        assertThat(((Decoded.Accepted) decoder.decode("x/em", "{\"p\":1}".getBytes(StandardCharsets.UTF_8), ARRIVAL))
                        .readings())
                .extracting(Readings::device)
                .containsExactly(new DeviceId("casa1", "util-1"));
        assertThat(decoder.decode("x/other", "{\"p\":1}".getBytes(StandardCharsets.UTF_8), ARRIVAL))
                .isEqualTo(new Decoded.Refused("'other-1' is not among the devices that the mapping lists: 'em-0'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"unavailable\"", "true", "{}", "1e340"})
    void one_wrong_value_costs_its_own_device_everything_and_no_other_anything(String wrong) {
        Rule.MappedPoint volts = new Rule.MappedPoint(Point.VOLTAGE, new Pointer("/u"), Factor.ONE, Map.of());
        JsonDecoder decoder = new JsonDecoder(
                "casa1",
                List.of(
                        constant("pdu-a", new TimeField(new Pointer("/t"), TimeField.Form.SECONDS, null), volts),
                        constant("pdu-b", null, volts),
                        constant("pdu-b", null, power()),
                        constant("pdu-c", new TimeField(new Pointer("/t"), TimeField.Form.SECONDS, null), volts)));
        byte[] body = bytes("{\"t\":1782899990,\"u\":230,\"p\":" + wrong + "}");

        assertThat(decoder.decode("x/all", body, ARRIVAL)).isInstanceOfSatisfying(Decoded.Accepted.class, accepted -> {
            assertThat(accepted.readings())
                    .extracting(readings -> readings.device().device())
                    .containsExactly("pdu-a", "pdu-c");
            assertThat(accepted.stamp())
                    .as("of the times of those that are taken")
                    .isEqualTo(Stamp.DEVICE);
            assertThat(accepted.refused()).isPresent();
        });
    }

    private static Rule constant(String device, @Nullable TimeField time, Rule.MappedPoint point) {
        return new Rule(
                new TopicPattern("x/all"), new NameTemplate(device), Map.of(), List.of(point), time, null, null, false);
    }

    @Test
    void a_register_that_says_that_it_has_no_value_has_none() {
        assertThat(((Decoded.Accepted) decode(energy("1/10"), "x/d", "{\"e\":-2147483648}")).readings())
                .isEmpty();
        assertThat(((Decoded.Accepted) decode(energy("1"), "x/d", "{\"e\":\"NaN\"}")).readings())
                .isEmpty();
    }

    @Test
    void a_name_that_can_be_no_devices_is_refused() {
        assertThat(decode(rule("x/{device}", "{device}", Map.of()), "x/plug 7", "{\"p\":1}"))
                .isEqualTo(
                        new Decoded.Refused("'plug 7' is not a device's name; list it under 'devices' of the mapping"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            seconds      | 1782899990.25               | 2026-07-01T09:59:50.250Z
            seconds      | "1782899990"                | 2026-07-01T09:59:50Z
            milliseconds | 1782899990250               | 2026-07-01T09:59:50.250Z
            iso          | "2026-07-01T10:59:50+01:00" | 2026-07-01T09:59:50Z
            iso          | "2026-07-01T09:59:50Z"      | 2026-07-01T09:59:50Z
            local        | "2026-07-01T11:59:50"       | 2026-07-01T09:59:50Z
            local        | "2026-07-01T11:59:50.250"   | 2026-07-01T09:59:50.250Z
            local        | "2026-07-01T10:59:50+01:00" | 2026-07-01T09:59:50Z
            local        | 1782899990                  | 2026-07-01T09:59:50Z
            local        | 1782899990250               | 2026-07-01T09:59:50.250Z
            local        | "1970-01-01T00:00:07"       | 2026-07-01T10:00:00Z
            seconds      | 12                          | 2026-07-01T10:00:00Z
            seconds      | null                        | 2026-07-01T10:00:00Z
            """)
    void the_time_is_the_devices_when_its_clock_was_ever_set(String form, String time, Instant expected) {
        TimeField field = new TimeField(
                new Pointer("/t"), TimeField.Form.valueOf(form.toUpperCase(java.util.Locale.ROOT)), PARIS);

        assertThat(accepted(timed(field), "{\"p\":1,\"t\":" + time + "}").latest())
                .isEqualTo(expected);
    }

    @Test
    void a_local_time_without_a_zone_is_no_time() {
        TimeField time = new TimeField(new Pointer("/t"), TimeField.Form.LOCAL, null);

        assertThat(accepted(timed(time), "{\"p\":1,\"t\":\"2026-07-01T03:00:00\"}")
                        .latest())
                .isEqualTo(ARRIVAL);
    }

    @Test
    void a_local_time_that_comes_twice_is_taken_for_the_one_nearer_to_the_arrival() {
        Rule rule = timed(new TimeField(new Pointer("/t"), TimeField.Form.LOCAL, PARIS));
        String payload = "{\"p\":1,\"t\":\"2026-10-25T02:30:00\"}";

        assertThat(latest(rule, payload, Instant.parse("2026-10-25T00:30:05Z"))).isEqualTo("2026-10-25T00:30:00Z");
        assertThat(latest(rule, payload, Instant.parse("2026-10-25T01:30:05Z"))).isEqualTo("2026-10-25T01:30:00Z");
    }

    @Test
    void whose_time_it_is_is_said() {
        Rule rule = timed(new TimeField(new Pointer("/t"), TimeField.Form.SECONDS, null));

        assertThat(stamp(rule, "{\"p\":1,\"t\":1782000000}")).isEqualTo(Stamp.DEVICE);
        assertThat(stamp(rule, "{\"p\":1}")).isEqualTo(Stamp.ARRIVAL);
        assertThat(stamp(twoPoints(), "{\"p\":1}")).isEqualTo(Stamp.ARRIVAL);
    }

    private static Stamp stamp(Rule rule, String payload) {
        return ((Decoded.Accepted) decode(rule, "x/d", payload)).stamp();
    }

    @Test
    void a_value_of_null_is_no_value_and_a_missing_one_neither() {
        assertThat(accepted(twoPoints(), "{\"p\":null,\"u\":230}").size()).isEqualTo(1);
        assertThat(accepted(twoPoints(), "{\"u\":230}").size()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NaN",
                "Infinity",
                "-Infinity",
                "\"NaN\"",
                "\"inf\"",
                "\"-INF\"",
                "\"Infinity\"",
                "null",
                "[]",
                "[1,null]",
                "[NaN,1]"
            })
    void a_value_that_is_no_number_is_absent_and_those_beside_it_count(String none) {
        Rule rule = rule(
                List.of(
                        new Rule.MappedPoint(Point.POWER, new Pointer("/w"), Factor.parse("1"), Map.of(), true),
                        new Rule.MappedPoint(Point.ENERGY, new Pointer("/e"), Factor.parse("1"), Map.of())),
                null);
        String payload = "{\"w\":" + none + ",\"e\":12}";

        assertThat(accepted(rule, payload).series())
                .isEqualTo(
                        new Sampling().register(Point.ENERGY, NOW, 43_200_000L).series());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"p\":null,\"u\":null}", "{\"p\":null}", "{\"p\":\"nan\",\"u\":null}", "{\"u\":[]}"})
    void a_message_that_says_of_all_its_values_that_there_are_none_is_taken_and_brings_none(String payload) {
        assertThat(decode(twoPoints(), "x/d", payload))
                .isInstanceOfSatisfying(
                        Decoded.Accepted.class,
                        accepted -> assertThat(accepted.readings()).isEmpty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            nan                      | not JSON
            {"p":nan}                | not JSON
            "p":1}                   | not JSON: Unexpected character (':'
            {"p":1                   | not JSON
            {"p":1} {"p":2}          | not JSON: something follows the document
            {"p":1,"p":2}            | not JSON: Duplicate field 'p'
            []                       | none of the mapped points is in it: /p /u
            1                        | none of the mapped points is in it: /p /u
            {"q":1}                  | none of the mapped points is in it: /p /u
            {"p":[1,2]}              | none of the mapped points is in it: /p /u
            {"p":[1,"2"]}            | '/p' is not a single value
            {"p":"much"}             | '/p' is 'much', which is not a number
            {"p":true}               | 'power' is not a yes or no
            {"p":1e999999999}        | '/p' is out of range
            {"p":0.1e10000000000}    | '/p' has an exponent out of range
            {"p":1e340}              | 'power' is out of range
            """)
    void refuses_with_a_sentence(String payload, String reason) {
        Decoded decoded = decode(twoPoints(), "x/d", payload);

        assertThat(decoded).isInstanceOf(Decoded.Refused.class);
        assertThat(((Decoded.Refused) decoded).reason()).startsWith(reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            door    | true=0 false=1     | true   | 0
            door    | true=0 false=1     | false  | 1
            breaker | 1=0 2=1            | 1      | 0
            breaker | 1=0 2=1            | 2.0    | 1
            breaker | 1=0 2=1            | "2"    | 1
            breaker | 10=0 20=1          | 20     | 1
            state   | true=4 false=2     | true   | 4
            breaker | normal=0 tripped=1 | 2      | 2
            breaker | normal=0 tripped=1 | true   | 1
            """)
    void numbers_and_yes_and_no_that_are_listed_are_what_the_list_says(
            String point, String words, String said, double expected) {
        assertThat(accepted(worded(point, words), "{\"s\":" + said + "}").series())
                .isEqualTo(new Sampling()
                        .gauge(Point.labelled(point).orElseThrow(), NOW, expected)
                        .series());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            1=0 2=1    | 3     | '/s' is '3', which is none of [1, 2]
            on=0 off=1 | "ajar" | '/s' is 'ajar', which is not a number nor one of [off, on]
            true=0     | false | '/s' is 'false', which is none of [true]
            """)
    void one_that_is_not_listed_among_its_like_is_refused(String words, String said, String reason) {
        assertThat(decode(worded("breaker", words), "x/d", "{\"s\":" + said + "}"))
                .isEqualTo(new Decoded.Refused(reason));
    }

    private static Rule worded(String point, String words) {
        Map<String, Integer> listed = Arrays.stream(words.split(" "))
                .map(word -> word.split("="))
                .collect(Collectors.toMap(word -> word[0], word -> Integer.valueOf(word[1])));
        return rule(
                List.of(new Rule.MappedPoint(
                        Point.labelled(point).orElseThrow(), new Pointer("/s"), Factor.ONE, listed)),
                null);
    }

    @Test
    void an_empty_payload_is_no_json() {
        assertThat(decode(twoPoints(), "x/d", "")).isEqualTo(new Decoded.Refused("not JSON: empty"));
    }

    @Test
    void a_deep_document_is_refused_and_not_descended_into() {
        assertThat(decode(twoPoints(), "x/d", "[".repeat(60_000))).isInstanceOf(Decoded.Refused.class);
    }

    @Test
    void a_body_over_the_limit_is_refused_unread() {
        assertThat(decode(twoPoints(), "x/d", " ".repeat(Document.BODY_BYTES_MAX + 1)))
                .isEqualTo(new Decoded.Refused("a body of 65537 bytes exceeds 65536"));
    }

    private static Rule energy(String factor) {
        return rule(
                List.of(new Rule.MappedPoint(Point.ENERGY, new Pointer("/e"), Factor.parse(factor), Map.of())), null);
    }

    private static Rule timed(TimeField time) {
        return rule(List.of(power()), time);
    }

    private static Rule twoPoints() {
        return rule(
                List.of(power(), new Rule.MappedPoint(Point.VOLTAGE, new Pointer("/u"), Factor.ONE, Map.of())), null);
    }

    private static Rule.MappedPoint power() {
        return new Rule.MappedPoint(Point.POWER, new Pointer("/p"), Factor.ONE, Map.of());
    }

    private static Rule rule(List<Rule.MappedPoint> points, @Nullable TimeField time) {
        return new Rule(
                new TopicPattern("x/{device}"),
                new NameTemplate("{device}"),
                Map.of(),
                points,
                time,
                null,
                null,
                false);
    }

    private static Rule rule(String topic, String device, Map<String, String> devices) {
        return new Rule(
                new TopicPattern(topic), new NameTemplate(device), devices, List.of(power()), null, null, null, false);
    }

    private static Readings accepted(Rule rule, String payload) {
        Decoded decoded = decode(rule, "x/d", payload);
        assertThat(decoded).isInstanceOf(Decoded.Accepted.class);
        return ((Decoded.Accepted) decoded).readings().getFirst();
    }

    private static String latest(Rule rule, String payload, Instant arrival) {
        Decoded decoded = new JsonDecoder("casa1", List.of(rule)).decode("x/d", bytes(payload), arrival);
        return ((Decoded.Accepted) decoded).readings().getFirst().latest().toString();
    }

    private static Decoded decode(Rule rule, String topic, String payload) {
        return new JsonDecoder("casa1", List.of(rule)).decode(topic, bytes(payload), ARRIVAL);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
