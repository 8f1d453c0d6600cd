package org.heliograph.sim.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.heliograph.sim.Casablanca;
import org.heliograph.sim.ledger.Integration;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Plant;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;

class SenmlPackTest {
    private static final Instant NOON = Instant.parse("2026-07-01T11:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private record Resolved(String name, String unit, long time, BigDecimal value) {}

    /** Resolves a pack as RFC 8428 section 4.6 says, and refuses what section 4 doesn't allow. */
    private static List<Resolved> resolve(byte[] json) throws IOException {
        List<Resolved> records = new ArrayList<>();
        String baseName = "";
        String baseUnit = "";
        long baseTime = 0;
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.START_ARRAY);
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                Map<String, String> fields = new TreeMap<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String label = parser.currentName();
                    parser.nextToken();
                    assertThat(fields.put(label, parser.getText()))
                            .as("twice: %s", label)
                            .isNull();
                }
                assertThat(fields.keySet()).isSubsetOf("bn", "bt", "bu", "n", "u", "v", "vs", "t");
                baseName = fields.getOrDefault("bn", baseName);
                baseUnit = fields.getOrDefault("bu", baseUnit);
                baseTime = Long.parseLong(fields.getOrDefault("bt", Long.toString(baseTime)));
                String name = baseName + fields.getOrDefault("n", "");
                assertThat(name).matches("[A-Za-z0-9][A-Za-z0-9:./_-]*");
                if (name.equals("serial")) {
                    assertThat(fields.get("vs")).matches("SN\\d+");
                    assertThat(fields).doesNotContainKey("v");
                    continue;
                }
                assertThat(fields).containsKey("v").doesNotContainKey("vs");
                records.add(new Resolved(
                        name,
                        fields.getOrDefault("u", baseUnit),
                        baseTime + Long.parseLong(fields.getOrDefault("t", "0")),
                        new BigDecimal(fields.getOrDefault("v", ""))));
            }
            assertThat(parser.nextToken()).isNull();
        }
        return records;
    }

    private static Integration integration() throws ConfigurationException {
        SiteModel model = SiteFile.parse("site.yaml", Casablanca.siteYaml(2));
        return new Integration(new Plant(Layout.of(model, NOON), 1, 0.7), NOON);
    }

    private static Device device(Integration integration, String id) {
        return integration.layout().model().device(id, NOON).orElseThrow();
    }

    @Test
    void every_millijoule_has_a_text_of_its_own() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 200_000; i++) {
            long millijoules = random.nextLong(1L << (10 + i % 53));
            StringBuilder text = new StringBuilder();
            Decimal.append(text, Point.ENERGY, millijoules);

            assertThat(Millijoules.ofWattHours(new BigDecimal(text.toString())).value())
                    .as("%s Wh", text)
                    .isEqualTo(millijoules);
        }
    }

    @Test
    void numbers_are_written_as_short_as_they_are() {
        assertThat(text(Point.ENERGY, 3_600_000L * 1234)).isEqualTo("1234");
        assertThat(text(Point.ENERGY, 3_599_999L)).isEqualTo("0.9999997");
        assertThat(text(Point.POWER, Decimal.steps(Point.POWER, -1234.56))).isEqualTo("-1234.6");
        assertThat(text(Point.POWER, Decimal.steps(Point.POWER, -0.04))).isEqualTo("0");
        assertThat(text(Point.POWER, Decimal.steps(Point.POWER, -0.1))).isEqualTo("-0.1");
        assertThat(text(Point.INLET_TEMP, 2205)).isEqualTo("22.05");
        assertThat(text(Point.STATE, 4)).isEqualTo("4");
    }

    private static String text(Point point, long amount) {
        StringBuilder text = new StringBuilder();
        Decimal.append(text, point, amount);
        return text.toString();
    }

    @Test
    void a_pack_of_several_instants_resolves_to_what_the_registers_showed() throws Exception {
        Integration integration = integration();
        for (Device device : integration.layout().devices()) {
            Instruments instruments = new Instruments(device, integration, 1);
            List<Snapshot> snapshots = new ArrayList<>();
            Instant start = integration.now();
            for (int i = 0; i < 5; i++) {
                integration.advanceTo(start.plus(MINUTE.multipliedBy(i)));
                snapshots.add(instruments.read());
            }

            List<Resolved> records = resolve(SenmlPack.json(snapshots));

            assertThat(records).hasSize(5 * snapshots.getFirst().points().size());
            for (Resolved one : records) {
                Point point = Point.labelled(one.name()).orElseThrow();
                assertThat(device.profile().points()).containsKey(point);
                assertThat(one.unit()).isEqualTo(point.unit().symbol());
                if (point.isRegister()) {
                    assertThat(Millijoules.ofWattHours(one.value()).value())
                            .isEqualTo(integration
                                    .ledger()
                                    .registerMillijoules(device.id(), point, Instant.ofEpochSecond(one.time())));
                }
            }
        }
    }

    @Test
    void a_pack_of_one_instant_reads_as_plainly_as_it_can() throws Exception {
        Integration integration = integration();
        Instruments instruments = new Instruments(device(integration, "inv-01"), integration, 1);

        String pack = new String(SenmlPack.json(List.of(instruments.read())), StandardCharsets.UTF_8);

        assertThat(pack)
                .startsWith("[{\"bt\":" + NOON.getEpochSecond() + ",\"n\":\"serial\",\"vs\":\"SN")
                .contains("{\"n\":\"energy\",\"u\":\"Wh\",\"v\":")
                .contains("\"n\":\"state\",\"v\":4}")
                .doesNotContain("bn", "bu", "\"t\"");
    }

    @Test
    void an_inverter_runs_by_day_and_sleeps_by_night_in_the_numbers_of_its_model() throws Exception {
        for (String profile : List.of("pv-inverter", "pv-inverter-701")) {
            SiteModel model = SiteFile.parse(
                    "site.yaml", Casablanca.siteYaml(2).replace("profile: pv-inverter", "profile: " + profile));
            Integration integration = new Integration(new Plant(Layout.of(model, NOON), 1, 0.7), NOON);
            Device device = device(integration, "inv-01");
            Instruments inverter = new Instruments(device, integration, 1);

            assertThat(state(device, inverter)).isIn("mppt", "running");
            integration.advanceTo(NOON.plus(Duration.ofHours(12)));
            assertThat(state(device, inverter)).isEqualTo("sleeping");
        }
    }

    private static String state(Device device, Instruments inverter) {
        return device.profile()
                .states()
                .name((double) inverter.read().amount(Point.STATE))
                .orElseThrow();
    }

    @Test
    void power_is_that_of_the_last_second_and_import_is_positive() throws Exception {
        Integration integration = integration();
        Instruments meter = new Instruments(device(integration, "util-1"), integration, 1);
        integration.advanceTo(NOON.plus(MINUTE));

        double watts = value(resolve(SenmlPack.json(List.of(meter.read()))), "power");

        double meanWatts = integration.ledger().truth(NOON, NOON.plus(MINUTE)).importMillijoules() / 60_000.0
                - integration.ledger().truth(NOON, NOON.plus(MINUTE)).exportMillijoules() / 60_000.0;
        assertThat(watts).isBetween(meanWatts - 5_000, meanWatts + 5_000);
    }

    @Test
    void room_and_cooling_gauges_stay_where_such_rooms_are() throws Exception {
        Integration integration = integration();
        Instruments inlet = new Instruments(device(integration, "inlet-a1"), integration, 1);
        Instruments crac = new Instruments(device(integration, "crac-01"), integration, 1);
        List<Resolved> inlets = new ArrayList<>();
        for (int minute = 0; minute < 24 * 60; minute += 15) {
            integration.advanceTo(NOON.plus(MINUTE.multipliedBy(minute)));
            inlets.addAll(resolve(SenmlPack.json(List.of(inlet.read()))));
            List<Resolved> shown = resolve(SenmlPack.json(List.of(crac.read())));
            assertThat(value(shown, "supply_temp")).isBetween(17.0, 19.0);
            assertThat(value(shown, "return_temp")).isBetween(value(shown, "supply_temp") + 4, 32.0);
            assertThat(value(shown, "fan_speed")).isBetween(35.0, 100.0);
            assertThat(value(shown, "cooling_demand")).isBetween(50.0, 100.0);
        }
        assertThat(inlets)
                .extracting(one -> one.value().doubleValue())
                .allSatisfy(it -> assertThat(it).isBetween(18.0, 27.0));
        assertThat(inlets.stream().map(Resolved::value).distinct().count()).isGreaterThan(20);
    }

    private static double value(List<Resolved> records, String name) {
        return records.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value()
                .doubleValue();
    }

    @Test
    void live_devices_are_due_at_their_period_and_at_every_whole_minute() throws Exception {
        Integration integration = integration();
        Instruments inverter = new Instruments(device(integration, "inv-01"), integration, 1);
        Instruments rackPdu = new Instruments(device(integration, "pdu-a01a"), integration, 1);

        assertThat(inverter.isDue(1_000_000_001)).isTrue();
        assertThat(rackPdu.isDue(1_000_000_001)).isFalse();
        assertThat(rackPdu.isDue(1_000_000_010)).isTrue();
        assertThat(rackPdu.isDue(60 * 16_666_667)).isTrue();
    }
}
