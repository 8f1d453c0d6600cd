package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.v1.FigureCoverage;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The only device of a role is deleted from the model, and a late reading of another one touches minutes before. */
class DeletedDeviceTest {
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final long EACH = 36_000_000L;
    private static final String GRID = "  - {id: util-1, profile: utility-meter, role: grid}\n";
    private static final String SOLAR = "  - {id: inv-1, profile: pv-inverter, role: pv}\n";
    private static final String YAML = """
            site: test1
            zone: Africa/Casablanca
            devices:
              - {id: pdu-a, profile: rack-pdu, role: it}
            """;

    @TempDir
    private Path states;

    private EngineDriver engine;

    @BeforeEach
    void start() {
        engine = new EngineDriver(states, NOON.plusSeconds(1200), YAML + GRID + SOLAR);
        for (int minute = -20; minute <= 15; minute++) {
            long at = NOON.plus(Duration.ofMinutes(minute)).toEpochMilli();
            long register = (100 + minute) * EACH;
            engine.send(
                    "util-1",
                    new Sampling()
                            .register(Point.ENERGY_IMPORT, at, 5 * register)
                            .register(Point.ENERGY_EXPORT, at, register));
            engine.send("inv-1", new Sampling().register(Point.ENERGY, at, 3 * register));
            if (minute != 3) {
                engine.send("pdu-a", new Sampling().register(Point.ENERGY, at, 4 * register));
            }
        }
        settle();
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private void settle() {
        engine.advanceTwice(Duration.ofSeconds(10));
        engine.advanceTwice(Duration.ofMinutes(2));
    }

    private SiteWindow quarter() {
        return engine.window("15m", NOON);
    }

    private void deleteAndTouch(String left) {
        engine.model(left);
        engine.send(
                "pdu-a",
                new Sampling()
                        .register(Point.ENERGY, NOON.plus(Duration.ofMinutes(3)).toEpochMilli(), 4 * 103 * EACH + 60));
        settle();
        assertThat(quarter().getRevision()).isGreaterThan(0);
    }

    private Stream<String> partial() {
        return quarter().getFigureCoverageList().stream().map(FigureCoverage::getFigure);
    }

    @Test
    void what_the_sun_gave_before_stays_and_what_isn_t_known_any_more_is_said_to_be_partial() {
        SiteWindow before = quarter();
        assertThat(before.getEnergyPvMj()).isEqualTo(15 * 3 * EACH);
        assertThat(before.getFigureCoverageList()).isEmpty();

        deleteAndTouch(YAML + GRID);
        assertThat(quarter().getEnergyPvMj()).isEqualTo(15 * 3 * EACH);
        assertThat(partial()).contains("energy_pv", "energy_self", "self_consumption", "co2_avoided");
        assertThat(quarter().getCompleteCoverage()).isLessThan(1);
    }

    @Test
    void what_the_grid_gave_before_stays_and_is_said_to_be_partial() {
        SiteWindow before = quarter();
        assertThat(before.getEnergyImportMj()).isEqualTo(15 * 5 * EACH);

        deleteAndTouch(YAML + SOLAR);
        assertThat(quarter().getEnergyImportMj()).isEqualTo(15 * 5 * EACH);
        assertThat(partial()).contains("energy_import", "energy_export", "energy_dc", "co2_location");
        assertThat(quarter().getCoverage()).isLessThan(1);
    }
}
