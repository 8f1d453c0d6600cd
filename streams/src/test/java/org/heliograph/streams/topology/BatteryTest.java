package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A battery that buys at night and sells by day, through the topology. */
class BatteryTest {
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final long WH = 3_600_000L;
    private static final String YAML = """
            site: test1
            zone: Africa/Casablanca
            devices:
              - {id: util-1, profile: utility-meter, role: grid}
              - {id: inv-1, profile: pv-inverter, role: pv}
              - {id: bat-1, profile: battery, role: battery}
              - {id: pdu-a, profile: rack-pdu, role: it}
            """;

    @TempDir
    private Path states;

    private EngineDriver engine;
    private long importWh;
    private long exportWh;
    private long pvWh;
    private long chargeWh;
    private long dischargeWh;
    private long itWh;

    @BeforeEach
    void start() {
        engine = new EngineDriver(states, NOON, YAML);
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private void read(Instant moment) {
        long at = moment.toEpochMilli();
        engine.send(
                "util-1",
                new Sampling()
                        .register(Point.ENERGY_IMPORT, at, importWh * WH)
                        .register(Point.ENERGY_EXPORT, at, exportWh * WH));
        engine.send("inv-1", new Sampling().register(Point.ENERGY, at, pvWh * WH));
        engine.send(
                "bat-1",
                new Sampling()
                        .register(Point.ENERGY_CHARGE, at, chargeWh * WH)
                        .register(Point.ENERGY_DISCHARGE, at, dischargeWh * WH));
        engine.send("pdu-a", new Sampling().register(Point.ENERGY, at, itWh * WH));
    }

    @Test
    void energy_bought_at_night_is_not_solar_when_it_is_used_or_sold_by_day() {
        read(NOON.minusSeconds(180));
        importWh += 130; // the load of 100 and 30 to be stored
        chargeWh += 30;
        itWh += 80;
        read(NOON.minusSeconds(120));
        pvWh += 40; // all to the load, and so is the battery's; 20 are sold
        dischargeWh += 80;
        exportWh += 20;
        itWh += 80;
        read(NOON.minusSeconds(60));
        pvWh += 150; // 100 to the load, 30 stored, 20 sold
        chargeWh += 30;
        exportWh += 20;
        itWh += 80;
        read(NOON);
        engine.advanceTwice(Duration.ofSeconds(1));

        SiteWindow bought = engine.window("1m", NOON.minusSeconds(180));
        assertThat(bought.getEnergySelfMj()).isZero();
        assertThat(bought.getEnergyChargeMj()).isEqualTo(30 * WH);
        assertThat(bought.getEnergyDcMj()).isEqualTo(100 * WH);
        assertThat(bought.hasSelfConsumption()).isFalse();
        SiteWindow sold = engine.window("1m", NOON.minusSeconds(120));
        assertThat(sold.getEnergySelfMj()).isEqualTo(40 * WH);
        assertThat(sold.getEnergyDischargeMj()).isEqualTo(80 * WH);
        assertThat(sold.getSelfConsumption()).isEqualTo(1);
        SiteWindow stored = engine.window("1m", NOON.minusSeconds(60));
        assertThat(stored.getEnergySelfMj()).isEqualTo(130 * WH);
        assertThat(stored.getPue()).isEqualTo(1.25);
        assertThat(stored.getSelfSufficiency())
                .as("130 of solar energy, a load of 100")
                .isEqualTo(1);
        SiteWindow hour = engine.window("1h", NOON.minusSeconds(3600));
        assertThat(hour.getEnergySelfMj()).isEqualTo(170 * WH);
        assertThat(hour.getSelfConsumption()).isEqualTo(170 / 190.0);
        assertThat(hour.getSelfSufficiency()).isEqualTo(170 / 300.0);
        assertThat(hour.getCo2AvoidedUg()).isEqualTo(170 * 577_650L);
        assertThat(hour.getEstimated()).isFalse();
    }

    @Test
    void the_live_state_takes_what_the_battery_gives_for_sold_before_solar_power() {
        long at = NOON.toEpochMilli();
        engine.send("util-1", new Sampling().gauge(Point.POWER, at, -50_000));
        engine.send("inv-1", new Sampling().gauge(Point.POWER, at, 120_000));
        engine.send("bat-1", new Sampling().gauge(Point.POWER, at, 30_000));
        engine.advanceTwice(Duration.ofSeconds(1));

        SiteLive live = engine.read("hg.live", SiteLive::parseFrom).getLast();
        assertThat(live.getPowerDcW()).isEqualTo(100_000);
        assertThat(live.getPowerImportW()).isZero();
        assertThat(live.getPowerExportW()).isEqualTo(50_000);
        assertThat(live.getPowerPvW()).isEqualTo(120_000);
        assertThat(live.getSelfConsumption()).isEqualTo(100_000 / 120_000.0);
        assertThat(live.getPowerBatteryW()).isEqualTo(30_000);
        assertThat(live.hasPowerGeneratorW()).as("the site has none").isFalse();
    }
}
