package org.heliograph.agent.payload.senml;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Stamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SenmlDecoderTest {
    private static final DeviceId DEVICE = new DeviceId("casa1", "inv-01");
    private static final Instant ARRIVAL = Instant.parse("2026-07-01T10:00:00.250Z");
    private static final long THEN = Instant.parse("2026-07-01T09:59:50Z").toEpochMilli();

    private final SenmlDecoder decoder = new SenmlDecoder();

    @Test
    void base_values_persist_into_later_records() {
        Readings readings = accepted("""
                [{"bn":"inv-01:","bt":1782899990,"bu":"W","bv":1000,"n":"power","v":1.5},
                 {"n":"power","t":2,"v":-0.5},
                 {"n":"energy","u":"kWh","bv":0,"v":12.000000001}]""");

        assertThat(readings)
                .isEqualTo(new Readings(
                        DEVICE,
                        "",
                        new Sampling()
                                .gauge(Point.POWER, THEN, 1001.5)
                                .gauge(Point.POWER, THEN + 2000, 999.5)
                                .register(Point.ENERGY, THEN, 43_200_000_004L)
                                .series()));
    }

    @Test
    void a_record_may_set_base_fields_and_nothing_else() {
        assertThat(accepted("[{\"bn\":\"inv-01:\",\"bv\":1},{\"n\":\"power\",\"v\":1}]")
                        .series())
                .isEqualTo(new Sampling()
                        .gauge(Point.POWER, ARRIVAL.toEpochMilli(), 2)
                        .series());
    }

    @Test
    void a_register_beyond_the_precision_of_a_double_keeps_every_millijoule() {
        // 2.1 TWh to the microwatt-hour: a double is off by hundreds of them
        assertThat(accepted("[{\"n\":\"energy\",\"v\":2100000000000.123457}]").series())
                .isEqualTo(new Sampling()
                        .register(Point.ENERGY, ARRIVAL.toEpochMilli(), 7_560_000_000_000_444_445L)
                        .series());
    }

    @Test
    void a_time_below_two_to_the_28_is_relative_to_the_arrival() {
        assertThat(accepted("[{\"n\":\"power\",\"t\":-5.25,\"v\":1}]").latest())
                .isEqualTo(Instant.parse("2026-07-01T09:59:55Z"));
        assertThat(accepted("[{\"n\":\"power\",\"v\":1}]").latest()).isEqualTo(ARRIVAL);
        assertThat(accepted("[{\"n\":\"power\",\"t\":268435456,\"v\":1}]").latest())
                .isEqualTo(Instant.ofEpochSecond(268_435_456));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    [{"n":"power","t":1782899990,"v":1}]                        | DEVICE
                    [{"n":"power","v":1}]                                       | ARRIVAL
                    [{"n":"power","t":-5,"v":1}]                                | ARRIVAL
                    [{"n":"power","t":1782899990,"v":1},{"n":"voltage","v":1}]  | MIXED""")
    void whose_times_they_are_is_said(String pack, Stamp stamp) {
        assertThat(((Decoded.Accepted) decode(pack)).stamp()).isEqualTo(stamp);
    }

    @Test
    void contacts_may_be_booleans() {
        assertThat(accepted("[{\"n\":\"leak\",\"vb\":true},{\"n\":\"door\",\"vb\":false},{\"n\":\"breaker\",\"v\":2}]")
                        .series())
                .isEqualTo(new Sampling()
                        .gauge(Point.LEAK, ARRIVAL.toEpochMilli(), 1)
                        .gauge(Point.DOOR, ARRIVAL.toEpochMilli(), 0)
                        .gauge(Point.BREAKER, ARRIVAL.toEpochMilli(), 2)
                        .series());
    }

    @Test
    void the_serial_number_belongs_to_all_readings_of_the_pack() {
        Readings readings = accepted("[{\"n\":\"serial\",\"vs\":\"A-17\"},{\"n\":\"power\",\"v\":1}]");

        assertThat(readings.serial()).isEqualTo("A-17");
        assertThat(readings.size()).isEqualTo(1);
    }

    @Test
    void unknown_fields_and_sums_are_ignored() {
        assertThat(accepted("[{\"n\":\"power\",\"v\":1,\"x\":{\"deep\":[1,2]},\"ut\":60},{\"n\":\"power\",\"s\":5}]")
                        .size())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"n\":\"frequency\",\"v\":NaN}",
                "{\"n\":\"frequency\",\"v\":null}",
                "{\"n\":\"frequency\",\"v\":-Infinity}",
                "{\"n\":\"energy\",\"v\":-32768}",
                "{\"n\":\"energy\",\"v\":-3276.8}",
                "{\"n\":\"energy\",\"u\":\"kWh\",\"v\":-2147483648}",
                "{\"n\":\"energy\",\"v\":-9223372036854775808}"
            })
    void what_says_that_there_is_no_value_costs_the_others_nothing(String absent) {
        assertThat(accepted("[" + absent + ",{\"n\":\"power\",\"v\":1}]").series())
                .isEqualTo(new Sampling()
                        .gauge(Point.POWER, ARRIVAL.toEpochMilli(), 1)
                        .series());
        assertThat(((Decoded.Accepted) decode("[" + absent + "]")).readings())
                .as("alone it is in order, and no reading")
                .isEmpty();
    }

    @Test
    void a_name_that_is_no_points_is_passed_over_beside_one_that_is() {
        assertThat(accepted(
                                "[{\"n\":\"rssi\",\"u\":\"dBW\",\"v\":-60},{\"n\":\"power\",\"v\":1},{\"n\":\"fw\",\"vs\":\"1.2\"}]")
                        .series())
                .isEqualTo(new Sampling()
                        .gauge(Point.POWER, ARRIVAL.toEpochMilli(), 1)
                        .series());
        assertThat(refused("[{\"n\":\"power\",\"v\":1},{\"n\":\"inv-02:rssi\",\"v\":-60}]"))
                .contains("a device speaks only for itself");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            not json                                        | not JSON
            {"n":"power","v":1}                             | not an array
            [{"n":"power","v":1}                            | not JSON
            [{"n":"power","v":1}] []                        | something follows
            [1]                                             | record 1 is not an object
            []                                              | no readings
            [{"n":"serial","vs":"A"}]                       | no readings
            [{"n":"power","s":1}]                           | no readings
            [{"n":"power"}]                                 | record 1: 'power' has no value
            [{"n":"power","v":1,"vb":true}]                 | record 1: 'power' has 2 values
            [{"n":"power","v":1,"t":NaN}]                   | record 1: 't' is NaN, which is no value
            [{"n":"power","v":NaN,"vb":true}]               | record 1: 'power' has 2 values
            [{"n":"power","v":"1"}]                         | record 1: 'v' is not a number
            [{"n":"power","v":1,"t":null}]                  | record 1: 't' is null, which is no value
            [{"n":"power","v":1},{"n":"power","v":1,"v":2}] | record 2: 'v' appears twice in a record
            [{"n":"power","vs":"much"}]                     | record 1: 'power' is not a number
            [{"n":"power","vb":true}]                       | record 1: 'power' is not a yes or no
            [{"n":"power","vd":"AA"}]                       | record 1: 'power' is not a number
            [{"n":"leak","vb":1}]                           | record 1: 'vb' is neither true nor false
            [{"n":"power","v":1e999999999}]                 | record 1: 'v' is out of range
            [{"n":"power","v":1e340}]                       | record 1: 'power' is out of range
            [{"n":"energy","v":1e30}]                       | record 1: 'energy' is out of range
            [{"n":"energy","v":-0.001}]                     | record 1: 'energy' is negative: a register counts
            [{"n":"energy","v":-32769}]                     | record 1: 'energy' is negative: a register counts
            [{"n":"energy","v":-1}]                         | record 1: 'energy' is negative: a register counts
            [{"n":"power","u":"V","v":1}]                   | record 1: 'power' is in W, not in 'V'
            [{"n":"wattage","v":1}]                         | 'wattage' is not a point
            [{"n":"inv-02:power","v":1}]                    | record 1: 'inv-02:power' is not inv-01's to report
            [{"bn":"inv-02:","n":"power","v":1}]            | record 1: 'inv-02:power' is not inv-01's to report
            [{"bn":"urn:dev:inv-01:","n":"power","v":1}]    | record 1: 'urn:dev:inv-01:power' is not inv-01's to report
            [{"n":":power","v":1}]                          | record 1: ':power' is not a name
            [{"n":"po wer","v":1}]                          | record 1: 'po wer' is not a name
            [{"v":1}]                                       | record 1: '' is not a name
            [{"n":1,"v":1}]                                 | record 1: 'n' is not a string
            [{"n":"power","v":1,"secret_":1}]               | record 1: the pack demands 'secret_'
            [{"bver":11,"n":"power","v":1}]                 | record 1: SenML version 11 is newer than 10
            [{"n":"power","t":-9e12,"v":1}]                 | record 1: a time of -8998217099999.75 s is out of range
            [{"n":"power","t":1e13,"v":1}]                  | record 1: a time of 10000000000000 s is out of range
            [{"n":"serial","v":17},{"n":"power","v":1}]     | record 1: 'serial' is not a text
            [{"n":"serial","vs":"A"},{"n":"serial","vs":"B"}] | record 2: two serial numbers, 'A' and 'B'
            [[[[[[[[[[[[[[[[[[                              | record 1 is not an object
            [{"x":[[[[[[[[[[[[[[[[[[[                       | not JSON
            """)
    void refuses_with_a_sentence(String pack, String reason) {
        assertThat(refused(pack)).contains(reason);
    }

    @Test
    void a_body_over_the_limit_is_refused_unread() {
        assertThat(refused(" ".repeat(SenmlDecoder.BODY_BYTES_MAX + 1)))
                .isEqualTo("a body of 65537 bytes exceeds 65536");
    }

    @Test
    void bytes_that_are_no_utf_8_are_refused() {
        byte[] body = "[{\"n\":\"power\",\"v\":1,\"x\":\"?\"}]".getBytes(StandardCharsets.ISO_8859_1);
        body[body.length - 4] = (byte) 0xFF;

        assertThat(decoder.decode(body, DEVICE, ARRIVAL)).isInstanceOf(Decoded.Refused.class);
    }

    private Readings accepted(String pack) {
        Decoded decoded = decode(pack);
        assertThat(decoded).isInstanceOf(Decoded.Accepted.class);
        return ((Decoded.Accepted) decoded).readings().getFirst();
    }

    private String refused(String pack) {
        Decoded decoded = decode(pack);
        assertThat(decoded).isInstanceOf(Decoded.Refused.class);
        return ((Decoded.Refused) decoded).reason();
    }

    private Decoded decode(String pack) {
        return decoder.decode(pack.getBytes(StandardCharsets.UTF_8), DEVICE, ARRIVAL);
    }
}
