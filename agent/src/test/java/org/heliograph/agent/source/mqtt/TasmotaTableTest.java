package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.telemetry.reading.Readings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Payloads of Tasmota devices, real and made up, valid and broken, as the ioBroker adapter for them is tested with (see
 * SOURCE.txt): what becomes of each of them with the mapping that ships, and nothing else subscribed to.
 */
class TasmotaTableTest {
    private static final Instant ARRIVAL = Instant.parse("2026-07-01T10:00:00Z");

    private static final String UNMAPPED =
            "the topic is none of those that are configured: the broker has kept an earlier subscription";

    /** Of each payload, in order: its topic, and its readings or the reason of its dead letter. */
    private static final String EXPECTED = """
            tele/sonoff_4ch/STATE | unmapped
            tele/sonoff/SENSOR | nothing
            tele/sonoff5/SENSOR | nothing
            tele/SonoffPOW/INFO1 | unmapped
            tele/SonoffPOW/INFO2 | unmapped
            tele/SonoffPOW/INFO3 | unmapped
            tele/sonoff_4ch/ENERGY | sonoff_4ch at 2017-10-02T18:24:32Z power [3.0] W energy [6310800000] mJ voltage [221.0] V current [0.097] A power_factor [0.12] /
            tele/sonoffPOW/MARGINS | unmapped
            tele/powR2/ENERGY | powR2 at 2022-09-06T10:17:35Z power [42.0] W energy [6310800000] mJ voltage [230.0] V current [0.183] A power_factor [0.95] / apparent_power [44.0] VA
            tele/powR2/STATE | unmapped
            tele/sonoff_4ch/ENERGY1 | unmapped
            tele/sonoff_1ch/STATE | unmapped
            tele/sonoff/STATE | unmapped
            tele/sonoff1/SENSOR | nothing
            tele/nan/SENSOR | not JSON: Unrecognized token 'nan', at line 1, column 107
            tele/true/SENSOR | nothing
            /ESP_BOX/BM280/Pressure | unmapped
            tele/tasmota_BMP280/SENSOR | nothing
            tele/tasmota_BME280/SENSOR | nothing
            /ESP_BOX/BM280/Humidity | unmapped
            /ESP_BOX/BM280/Temperature | unmapped
            /ESP_BOX/BM280/Approx. Altitude | unmapped
            stat/sonoff/POWER | unmapped
            cmnd/sonoff/POWER | unmapped
            stat/sonoff/RESULT | unmapped
            stat/sonoff/LWT | unmapped
            stat/sonoff/ABC | unmapped
            tele/Hof/Lager/Tasmota/Relais/RFresv/Beleuchtung/UV/Beleuchtungsstaerke/Außenlampe/SENSOR | unmapped
            tele/LED1/STATE | unmapped
            tele/LED1/INFO1 | unmapped
            stat/LED1/RESULT1 | unmapped
            stat/LED1/RESULT2 | unmapped
            stat/LED1/RESULT3 | unmapped
            tele/HomeMonitor/INFO1 | unmapped
            tele/HomeMonitor/STATE | unmapped
            tele/HomeMonitor/SENSOR | nothing
            tele/esp32_shutter/STATE | unmapped
            stat/TM_Shutter/RESULT | unmapped
            stat/Shutter_Device/RESULT | unmapped
            stat/MultiShutter/RESULT | unmapped
            tele/tasmota/RESULT | unmapped
            tele/Zigbee_Coordinator_CC2530/SENSOR | nothing
            tele/tasmota_0912A7/STATE | unmapped
            tele/button_test/SENSOR | nothing
            tele/klingel/RESULT | unmapped
            stat/button_device/RESULT | unmapped
            tele/IO-Board2_T/SENSOR | nothing
            tele/esp32_switch_board/SENSOR | nothing
            tele/tasmota_switch_10/SENSOR | nothing
            tele/tasmota_switch_20/SENSOR | nothing
            tele/tasmota_switch_28/SENSOR | nothing
            obk_lamp1/led_enableAll/get | unmapped
            obk_lamp1/led_dimmer/get | unmapped
            obk_lamp2/led_temperature/get | unmapped
            obk_lamp2/led_basecolor_rgb/get | unmapped
            obk_lamp3/led_enableAll | unmapped
            obk_lamp3/led_dimmer | unmapped
            obk_lamp4/led_temperature | unmapped
            obk_lamp4/led_basecolor_rgb | unmapped
            obk_lamp5/led_finalcolor_rgbcw/get | unmapped
            obk_lamp5/led_basecolor_rgbcw | unmapped
            obk_lamp6/led_hue | unmapped
            obk_lamp6/led_saturation | unmapped
            stat/sonoff_relay/RESULT | unmapped
            stat/multi_relay/RESULT | unmapped
            stat/sonoff4ch/RESULT | unmapped
            stat/vents/RESULT | unmapped
            """;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void every_payload_decodes_or_is_refused_with_the_right_reason() throws Exception {
        Reception reception = new Reception(mappedToTasmota(), "casa1");
        List<String> found = new ArrayList<>();
        for (Map<String, String> row : rows()) {
            String topic = Objects.requireNonNull(row.get("topic"));
            byte[] payload = Objects.requireNonNull(row.get("payload")).getBytes(StandardCharsets.UTF_8);
            Decoded decoded = reception
                    .receive(new Link.Message(topic, payload, 1, 1, false, false, null), ARRIVAL)
                    .outcome()
                    .decoded();
            found.add(topic + " | " + told(decoded).replace(UNMAPPED, "unmapped"));
        }

        assertThat(found).containsExactlyElementsOf(EXPECTED.lines().toList());
    }

    private static String told(Decoded decoded) {
        return switch (decoded) {
            case Decoded.Refused refused -> refused.reason();
            case Decoded.Accepted accepted when accepted.readings().isEmpty() -> "nothing";
            case Decoded.Accepted accepted ->
                accepted.readings().stream().map(TasmotaTableTest::told).collect(Collectors.joining("; "));
        };
    }

    private static String told(Readings readings) {
        return readings.device().device() + " at " + readings.latest() + " "
                + readings.series().stream()
                        .map(series -> series.toString().replaceFirst("\\[\\d+]", " "))
                        .collect(Collectors.joining(" "));
    }

    private AgentConfig.Mqtt mappedToTasmota() throws Exception {
        return BrokerEntry.of(folder, "mappings: [{use: tasmota-energy, zone: Africa/Casablanca}]");
    }

    private static List<Map<String, String>> rows() throws IOException {
        List<Map<String, String>> rows = new ArrayList<>();
        try (InputStream in = Objects.requireNonNull(TasmotaTableTest.class.getResourceAsStream(
                        "/recordings/tasmota-mqtt-payload-table/payloads.jsonl"));
                JsonParser parser = new JsonFactory().createParser(in)) {
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                Map<String, String> row = new HashMap<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String key = parser.currentName();
                    parser.nextToken();
                    if (parser.currentToken() == JsonToken.VALUE_STRING) {
                        row.put(key, parser.getText());
                    }
                    parser.skipChildren();
                }
                rows.add(row);
            }
        }
        return rows;
    }
}
