package org.heliograph.streams.factor.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.factor.IntensityPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FactorRecordTest {
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final Instant RECORDED = NOON.plusSeconds(7);
    private static final String MEASURED = """
            {"zone": "MA", "carbonIntensity": 612, "datetime": "2026-06-15T12:00:00.000Z",
             "updatedAt": "2026-06-15T12:42:10.000Z", "isEstimated": false, "estimationMethod": null}""";

    private static FactorUpdate decode(String key, String json) {
        return FactorRecord.decode(key, json.getBytes(StandardCharsets.UTF_8), RECORDED);
    }

    private static List<IntensityPoint> points(String key, String json) {
        FactorUpdate update = decode(key, json);
        assertThat(update).isInstanceOf(FactorUpdate.Points.class);
        return ((FactorUpdate.Points) update).points();
    }

    @Test
    void every_shipped_factor_comes_back_as_it_was() {
        for (EmissionFactor factor : Factors.SHIPPED.all()) {
            assertThat(FactorRecord.decode(FactorRecord.key(factor), FactorRecord.encode(factor), RECORDED))
                    .isEqualTo(new FactorUpdate.Published(factor));
        }
    }

    @Test
    void a_factor_is_plain_json() {
        EmissionFactor factor = Factors.SHIPPED.at("ifi-2021-solar", NOON).orElseThrow();
        assertThat(new String(FactorRecord.encode(factor), StandardCharsets.UTF_8))
                .contains("\"gramsPerKilowattHour\":660,")
                .contains("\"validTo\":\"9999-01-01T00:00:00Z\"");
    }

    @Test
    void a_version_without_value_is_withdrawn() {
        assertThat(FactorRecord.decode("ember-2023@3", null, RECORDED))
                .isEqualTo(new FactorUpdate.Withdrawn("ember-2023", "3"));
    }

    @Test
    void electricity_maps_points_come_alone_in_a_list_or_in_the_answer_of_the_api() {
        IntensityPoint point = new IntensityPoint(
                NOON, Duration.ofHours(1), Instant.parse("2026-06-15T12:42:10Z"), false, 612_000_000);
        assertThat(points("electricitymaps-MA/12", MEASURED)).containsExactly(point);
        assertThat(points("electricitymaps-MA/12", "[" + MEASURED + "," + MEASURED + "]"))
                .containsExactly(point, point);
        assertThat(points("electricitymaps-MA/d", "{\"zone\": \"MA\", \"history\": [" + MEASURED + "]}"))
                .containsExactly(point);
    }

    @Test
    void an_estimated_point_and_its_granularity_are_kept() {
        String estimated = MEASURED.replace("false", "true")
                .replace("null", "\"TIME_SLICER_AVERAGE\", \"temporalGranularity\": \"15_minutes\"");
        assertThat(points("electricitymaps-MA/12", estimated))
                .extracting(IntensityPoint::estimated, IntensityPoint::period)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(true, Duration.ofMinutes(15)));
    }

    @Test
    void watttime_pounds_per_megawatt_hour_become_grams_per_kilowatt_hour() {
        // 1000 lb/MWh = 453.59237 g/kWh; 870.5 lb/MWh = 394.852158085 g/kWh
        assertThat(points("watttime-MA/12", "{\"point_time\": \"2026-06-15T12:00:00+00:00\", \"value\": 1000}"))
                .containsExactly(new IntensityPoint(NOON, Duration.ofMinutes(5), RECORDED, false, 453_592_370));
        assertThat(points("watttime-MA/12", """
                        {"data": [{"point_time": "2026-06-15T13:00:00+01:00", "value": 870.5}],
                         "meta": {"region": "MA", "signal_type": "co2_moer", "units": "lbs_co2_per_mwh",
                                  "data_point_period_seconds": 900, "generated_at": "2026-06-15T12:09:00+00:00"}}"""))
                .containsExactly(new IntensityPoint(
                        NOON, Duration.ofMinutes(15), Instant.parse("2026-06-15T12:09:00Z"), false, 394_852_158));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ember-2023   | {}                          | neither id@version nor series/bucket",
                "electricitymaps-MA | []                    | not series/bucket",
                "f@1          | nonsense                    | is not JSON",
                "f@1          | {} {}                       | is not JSON",
                "f@1          | {\"id\": \"f\", \"id\": \"f\"} | is not JSON",
                "f@1          | []                          | is not an object",
                "f@1          | {\"id\": \"f\"}             | 'version' is missing",
                "f@1          | {\"id\": \"f\", \"version\": \"1\", \"source\": \"s\", \"gramsPerKilowattHour\": \"9\"} | 'gramsPerKilowattHour' is not a number",
                "f@1          | {\"id\": \"f\", \"version\": \"1\", \"source\": \"s\", \"gramsPerKilowattHour\": 1e9} | not between 0 and 10000",
                "f@1          | {\"id\": \"f\", \"version\": \"1\", \"source\": \"s\", \"gramsPerKilowattHour\": 1e-999999999} | not between 0 and 10000",
                "f@1          | {\"id\": \"f\", \"version\": \"1\", \"source\": \"s\", \"grams\": 9} | 'grams' is not a field",
                "f@2          | {\"id\": \"f\", \"version\": \"1\", \"source\": \"s\", \"gramsPerKilowattHour\": 9} | the factor is 'f@1'",
                "f@new        | {\"id\": \"f\", \"version\": \"new\", \"source\": \"s\", \"gramsPerKilowattHour\": 9} | 'new' is not a version",
                "electricitymaps-MA/1 | {\"carbonIntensity\": 1} | 'zone' is missing",
                "electricitymaps-MA/1 | 7                   | is neither a point",
                "electricitymaps-MA/1 | [7]                 | holds a point that is not an object",
                "electricitymaps-MA/1 | {\"zone\": \"FR\", \"carbonIntensity\": 1} | 'zone' is 'FR', but the key says 'MA'",
                "watttime-MA/1 | {\"point_time\": \"noon\", \"value\": 1} | 'point_time' is not a moment",
                "watttime-MA/1 | {\"data\": [], \"meta\": {\"units\": \"percent\"}} | 'units' is 'percent'",
                "watttime-MA/1 | {\"point_time\": \"2026-06-15T12:00:00Z\", \"value\": 1e-2147483647} | ",
            })
    void what_is_not_right_is_refused_with_its_reason(String key, String json, String reason) {
        FactorUpdate update = decode(key, json);
        assertThat(update).isInstanceOf(FactorUpdate.Refused.class);
        assertThat(((FactorUpdate.Refused) update).reason()).contains(reason == null ? "" : reason);
    }

    @Test
    void a_point_of_electricity_maps_says_when_it_was_updated_and_whether_it_is_estimated() {
        for (String field : List.of("carbonIntensity", "datetime", "updatedAt", "isEstimated")) {
            FactorUpdate update = decode("electricitymaps-MA/1", MEASURED.replace("\"" + field + "\"", "\"other\""));
            assertThat(update).as(field).isInstanceOf(FactorUpdate.Refused.class);
        }
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 300);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void no_bytes_are_more_than_refused(long seed) {
        Random random = new Random(seed);
        byte[] bytes = MEASURED.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 3; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        String key = random.nextBoolean() ? "electricitymaps-MA/1" : random.nextBoolean() ? "watttime-MA/1" : "f@1";
        assertThat(FactorRecord.decode(key, bytes, RECORDED)).isNotNull();
    }
}
