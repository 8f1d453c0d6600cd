package org.heliograph.lab.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.heliograph.lab.pipeline.DeviceCheck.Told;
import org.heliograph.lab.pipeline.LedgerCheck;
import org.heliograph.lab.pipeline.LedgerCheck.Compared;
import org.heliograph.lab.pipeline.LedgerCheck.Difference;
import org.heliograph.lab.pipeline.Pipeline;
import org.heliograph.lab.pipeline.Plan;
import org.heliograph.sim.fault.FaultKind;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An hour of a small site with every kind of fault, through everything: what can be known equals the ledger, what can't
 * is marked.
 */
class FaultyHourIT {
    private static final Duration CADENCE = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int INSTANTS_PER_PACK = 10;
    private static final int RACKS = 12;

    /** Yesterday noon: the sun shines, so that the inverter's register reaches its modulus. */
    private final Instant from =
            Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(1)).plus(Duration.ofHours(12));

    private final Instant to = from.plus(Duration.ofHours(1));

    @Test
    void an_hour_with_all_faults_comes_out_equal_to_the_ledger_or_marked(@TempDir Path folder)
            throws IOException, ConfigurationException, InterruptedException {
        Plan plan = Plan.of(folder, from).withRacks(RACKS).withFaults(FaultKind.parse("all"), to);
        try (Pipeline pipeline = Pipeline.start(plan, _ -> {})) {
            pipeline.site().replay(from, to, CADENCE, INSTANTS_PER_PACK, (_, _, _) -> {});

            List<Difference> differences = Settling.wrong(pipeline, PATIENCE, () -> differences(pipeline.check()));

            List<Told> told = pipeline.check().devices().told(to);
            assertThat(told).hasSizeGreaterThan(12);
            assertThat(differences)
                    .as(() -> told.stream()
                            .map(it -> it.effect().fault().kind().label() + " at "
                                    + it.effect().fault().device() + " " + it.flags())
                            .toList()
                            .toString())
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
