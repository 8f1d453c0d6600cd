package org.heliograph.lab.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.heliograph.lab.Sky;
import org.heliograph.lab.Yesterday;
import org.heliograph.lab.pipeline.DeviceCheck.Told;
import org.heliograph.lab.pipeline.LedgerCheck;
import org.heliograph.lab.pipeline.LedgerCheck.Compared;
import org.heliograph.lab.pipeline.LedgerCheck.Difference;
import org.heliograph.lab.pipeline.Pipeline;
import org.heliograph.lab.pipeline.Plan;
import org.heliograph.lab.pipeline.Settling;
import org.heliograph.sim.FaultReport;
import org.heliograph.sim.fault.Fault;
import org.heliograph.sim.fault.FaultKind;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An hour of a small site with every kind of fault, through everything: what can be known equals the ledger, what can't
 * is marked. The faults are the same on every day; the weather isn't.
 */
class FaultyHourIT {
    private static final Duration CADENCE = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int INSTANTS_PER_PACK = 10;
    private static final int RACKS = 12;

    /** Its register passes its modulus when it has counted a quarter of an hour at its rating. */
    private static final String INVERTER = "inv-01";

    private static final long HEADROOM_MILLIJOULES = 45_000_000_000L;

    /** Yesterday noon, when the sun shines, at whatever time this is run. */
    private final Instant from = Yesterday.at(12);

    private final Instant to = from.plus(Duration.ofHours(1));

    @Test
    void an_hour_with_all_faults_comes_out_equal_to_the_ledger_or_marked(@TempDir Path folder)
            throws IOException, ConfigurationException, InterruptedException {
        Plan plan = Sky.under(
                Plan.of(folder, from).withRacks(RACKS).withFaults(FaultKind.parse("all"), to),
                to,
                ledger -> ledger.energyMillijoules(INVERTER, Point.ENERGY, from, to) > HEADROOM_MILLIJOULES);
        try (Pipeline pipeline = Pipeline.start(plan, _ -> {})) {
            pipeline.site().replay(from, to, CADENCE, INSTANTS_PER_PACK, (_, _, _) -> {});

            List<Difference> differences = Settling.wrong(pipeline, PATIENCE, () -> differences(pipeline.check()));

            List<Told> told = pipeline.check().devices().told(to);
            assertThat(told).hasSizeGreaterThan(12);
            assertThat(told)
                    .filteredOn(it -> it.effect().fault() instanceof Fault.Rollover)
                    .singleElement()
                    .satisfies(it -> assertThat(((Fault.Rollover) it.effect().fault()).headroomMillijoules())
                            .isLessThan(it.storedMillijoules()));
            assertThat(differences)
                    .as(() -> "seed " + plan.seed() + ", from " + from + "\n"
                            + String.join("\n", FaultReport.lines(pipeline.faults())) + "\n"
                            + told.stream()
                                    .map(it -> it.effect().fault().device() + " " + it.flags())
                                    .toList())
                    .isEmpty();
            List<Compared> minutes = pipeline.check().windows("1m", CADENCE, from, to);
            assertThat(minutes).hasSize(60);
            assertThat(minutes.stream().filter(Compared::isEqual).count()).isPositive();
            assertThat(minutes.stream().filter(Compared::isMarked).count()).isPositive();
        }
    }

    private List<Difference> differences(LedgerCheck check) {
        List<Compared> windows = new ArrayList<>();
        windows.addAll(check.windows("1m", CADENCE, from, to));
        windows.addAll(check.windows("15m", Duration.ofMinutes(15), from, to));
        windows.addAll(check.windows("1h", Duration.ofHours(1), from, to));
        List<Difference> differences = new ArrayList<>();
        windows.forEach(window -> differences.addAll(window.differences()));
        check.devices().told(to).forEach(fault -> differences.addAll(fault.differences()));
        differences.addAll(check.devices().differences(from, to));
        return differences;
    }
}
