package org.heliograph.agent.payload.senml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SenmlCborTest {
    private static final DeviceId DEVICE = new DeviceId("casa1", "inv-01");
    private static final Instant ARRIVAL = Instant.parse("2026-07-01T10:00:00.250Z");

    /** {@code [{n: "power", v: ...}]}, but for the value. */
    private static final String POWER = "81 a2 00 65 706f776572 02 ";

    private static final String ENERGY = "81 a2 00 66 656e65726779 02 ";

    private final SenmlDecoder decoder = new SenmlDecoder();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            00                                  | 0
            18 64                               | 100
            39 03e7                             | -1000
            1b 0000000100000000                 | 4294967296
            f9 3e00                             | 1.5
            fa 3dcccccd                         | 0.1
            fb 3fb999999999999a                 | 0.1
            c4 82 21 19 6ab3                    | 273.15
            c4 82 02 05                         | 500
            c5 82 20 03                         | 1.5
            c2 49 010000000000000000            | 18446744073709551616
            c3 41 63                            | -100
            d8 64 05                            | 5
            """)
    void numbers_of_all_kinds_are_read(String value, double expected) {
        assertThat(accepted(POWER + value).series())
                .isEqualTo(new Sampling()
                        .gauge(Point.POWER, ARRIVAL.toEpochMilli(), expected)
                        .series());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            c4 82 25 1b 1d24b2dfac53e241            | 7560000000000444445
            1b 000001e8f1c10800                 | 7560000000000000000
            c4 82 2b c2 4b 01bcb13a657b42f71c5241   | 7560000000000444445
            """)
    void a_register_is_exact_beyond_the_precision_of_a_double(String value, long millijoules) {
        assertThat(accepted(ENERGY + value).series())
                .isEqualTo(new Sampling()
                        .register(Point.ENERGY, ARRIVAL.toEpochMilli(), millijoules)
                        .series());
    }

    @Test
    void unknown_fields_are_passed_over_whatever_they_hold() {
        // 99: [_ {"deep": h'0102'}], "x": null, -99: 1.0
        String unknown = "1863 9f a1 64 64656570 42 0102 ff 61 78 f6 3862 f93c00";

        assertThat(accepted("81 a5 00 65 706f776572 02 01 " + unknown).size()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"f6", "f7", "f97e00"})
    void null_undefined_and_nan_are_no_value_and_cost_the_others_nothing(String absent) {
        assertThat(accepted("82 a2 00 65 706f776572 02 01 a2 00 64 6c6f6164 02 " + absent)
                        .series())
                .isEqualTo(new Sampling()
                        .gauge(Point.POWER, ARRIVAL.toEpochMilli(), 1)
                        .series());
    }

    @Test
    void labels_by_their_json_names_are_taken_too() {
        assertThat(accepted("81 a2 61 6e 65 706f776572 61 76 05").series())
                .isEqualTo(new Sampling()
                        .gauge(Point.POWER, ARRIVAL.toEpochMilli(), 5)
                        .series());
    }

    @Test
    void the_first_byte_tells_cbor_from_json() {
        assertThat(SenmlFormat.of(bytes("81 a0"))).isEqualTo(SenmlFormat.CBOR);
        assertThat(SenmlFormat.of(bytes("9f ff"))).isEqualTo(SenmlFormat.CBOR);
        assertThat(SenmlFormat.of(bytes("d9d9f7 81 a0"))).isEqualTo(SenmlFormat.CBOR);
        assertThat(SenmlFormat.of("[{}]".getBytes(StandardCharsets.UTF_8))).isEqualTo(SenmlFormat.JSON);
        assertThat(SenmlFormat.of(" \n[".getBytes(StandardCharsets.UTF_8))).isEqualTo(SenmlFormat.JSON);
        assertThat(SenmlFormat.of(new byte[0])).isEqualTo(SenmlFormat.JSON);
        assertThat(SenmlFormat.ofMediaType("Application/SenML+CBOR; x=1")).contains(SenmlFormat.CBOR);
        assertThat(SenmlFormat.ofMediaType("text/plain")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            81                                              | not CBOR: it ends within an item
            9f                                              | not CBOR: it ends within an item
            9b 7fffffffffffffff                             | not CBOR: it ends within an item
            a0                                              | not SenML CBOR: not an array of records
            80                                              | no readings
            9f ff                                           | no readings
            81 01                                           | not SenML CBOR: record 1 is not a map
            81 a2 00 65 706f776572 02 01 00                 | not SenML CBOR: something follows the array
            81 a2 00 7f 65 706f776572                       | not CBOR: it ends within an item
            81 a2 00 7f 41 70 ff 02 01                      | not CBOR: a chunk of another kind than its string
            81 a2 00 7b 7fffffffffffffff 70                 | not CBOR: it ends within an item
            81 a2 00 7b ffffffffffffffff 70                 | not CBOR: it ends within an item
            81 a1 00 62 c328                                | not CBOR: a text that isn't UTF-8
            81 a1 40 01                                     | a label is neither a number nor a text
            81 a1 1c 01                                     | not CBOR: a head of no meaning
            81 a1 00 ff                                     | not CBOR: a break where an item is due
            81 a1 63 612e5f 01                              | the pack demands 'a._'
            81 a1 00 01                                     | record 1: 'n' is not a string
            81 a3 00 65 706f776572 02 01 06 f97e00          | record 1: 't' is NaN, which is no value
            81 a3 00 65 706f776572 02 01 24 fb fff0000000000000 | record 1: 'bv' is -Infinity, which is no value
            81 a3 00 65 706f776572 02 01 06 f6              | record 1: 't' is null, which is no value
            81 a3 00 65 706f776572 02 01 06 f7              | record 1: 't' is undefined, which is no value
            81 a2 00 65 706f776572 02 c4 82 1a 7fffffff 01  | is out of range
            81 a2 00 65 706f776572 02 c4 82 19 0400 01      | record 1: 'v' is out of range
            81 a2 00 65 706f776572 02 c4 83 00 01 02        | a fraction that isn't [exponent, mantissa]
            81 a2 00 65 706f776572 02 c2 01                 | a big number that isn't made of bytes
            81 a2 00 65 706f776572 02 c4 82 00 fb3ff8000000000000 | not of whole numbers
            81 a3 00 65 706f776572 02 01 02 02              | record 1: 'v' appears twice in a record
            81 a1 18 63 9f 9f 9f 9f 9f 9f 9f 9f 9f 9f 9f 9f 9f 9f 9f 9f 9f 9f 9f | nested deeper than 16
            """)
    void refuses_with_a_sentence(String pack, String reason) {
        assertThat(refused(pack)).contains(reason);
    }

    @Test
    void features_that_the_version_declares_are_those_known() {
        // bver 26: RFC 8428 with secondary units
        assertThat(accepted("81 a4 20 18 1a 00 65 706f776572 01 62 6b57 02 02").series())
                .isEqualTo(new Sampling()
                        .gauge(Point.POWER, ARRIVAL.toEpochMilli(), 2_000)
                        .series());
        assertThat(refused("81 a3 20 18 2a 00 65 706f776572 02 02")).contains("SenML version 42 is newer than 10");
        assertThat(refused("82 a3 20 0a 00 65 706f776572 02 02 a2 20 05 02 01")).contains("two versions in one pack");
    }

    @Test
    void the_names_say_the_device_where_the_transport_does_not() {
        byte[] named = "[{\"bn\":\"crac-07:\",\"n\":\"power\",\"v\":1}]".getBytes(StandardCharsets.UTF_8);
        byte[] two = "[{\"n\":\"a:power\",\"v\":1},{\"n\":\"b:power\",\"v\":1}]".getBytes(StandardCharsets.UTF_8);
        byte[] none = "[{\"n\":\"power\",\"v\":1}]".getBytes(StandardCharsets.UTF_8);

        assertThat(decoder.decodeNamed(SenmlFormat.JSON, named, "casa1", ARRIVAL))
                .isInstanceOfSatisfying(
                        Decoded.Accepted.class,
                        accepted -> assertThat(accepted.readings().getFirst().device())
                                .isEqualTo(new DeviceId("casa1", "crac-07")));
        assertThat(decoder.decodeNamed(SenmlFormat.JSON, two, "casa1", ARRIVAL))
                .isEqualTo(new Decoded.Refused(
                        "record 2: 'b:power' is not a's to report: a device speaks only for itself"));
        assertThat(decoder.decodeNamed(SenmlFormat.JSON, none, "casa1", ARRIVAL))
                .isEqualTo(new Decoded.Refused("record 1: 'power' doesn't say whose it is: {device}:{point}"));
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3"})
    void whatever_bytes_come_the_answer_is_readings_or_a_sentence(int seed) throws Exception {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        byte[] valid = bytes("82 a4 21 67 696e762d30313a 22 1a 6a44e000 00 65 706f776572 02 fb 40934a0000000000"
                + "a3 00 66 656e65726779 01 63 6b5768 02 c4 82 25 1a 00bc614e");
        assertThat(decoder.decode(valid, DEVICE, ARRIVAL)).isInstanceOf(Decoded.Accepted.class);
        for (int i = 0; i < 100_000; i++) {
            ByteArrayOutputStream mutated = new ByteArrayOutputStream();
            mutated.write(valid, 0, random.nextInt(valid.length + 1));
            byte[] body = mutated.size() == 0 ? new byte[random.nextInt(1, 60)] : mutated.toByteArray();
            for (int change = random.nextInt(1, 4); change > 0; change--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            switch (decoder.decode(SenmlFormat.CBOR, body, DEVICE, ARRIVAL)) {
                case Decoded.Accepted accepted ->
                    assertThat(accepted.readings()).isNotEmpty();
                case Decoded.Refused refused -> assertThat(refused.reason()).isNotBlank();
            }
        }
    }

    private Readings accepted(String hex) {
        Decoded decoded = decoder.decode(SenmlFormat.CBOR, bytes(hex), DEVICE, ARRIVAL);
        assertThat(decoded).isInstanceOf(Decoded.Accepted.class);
        return ((Decoded.Accepted) decoded).readings().getFirst();
    }

    private String refused(String hex) {
        Decoded decoded = decoder.decode(SenmlFormat.CBOR, bytes(hex), DEVICE, ARRIVAL);
        assertThat(decoded).isInstanceOf(Decoded.Refused.class);
        return ((Decoded.Refused) decoded).reason();
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
