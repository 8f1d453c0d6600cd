package org.heliograph.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.heliograph.lab.pipeline.Plan;
import org.heliograph.sim.fault.FaultKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What each option of the demo comes to. */
class DemoCommandTest {
    private static final Instant MIDNIGHT = Instant.parse("2026-06-30T23:00:00Z");

    @TempDir
    private Path folder;

    private Plan plan(String... options) {
        DemoCommand demo = new DemoCommand();
        new CommandLine(demo).parseArgs(options);
        return demo.plan(folder, MIDNIGHT);
    }

    @Test
    void without_options_it_is_the_whole_site_since_midnight_as_fast_as_it_goes_in_the_embedded_store() {
        Plan plan = plan("--port", "0");
        assertThat(plan)
                .isEqualTo(Plan.of(folder, MIDNIGHT)
                        .withRacks(190)
                        .withSeed(1)
                        .withItLoad(0.7)
                        .withSpeed(Double.POSITIVE_INFINITY)
                        .withStore(new Plan.StoreChoice.QuestDb())
                        .withFaults(Set.of(), plan.faultsUntil()));
    }

    @Test
    void seed_speed_size_and_load_are_those_that_were_asked_for() {
        Plan plan = plan("--port", "8081", "--seed", "-7", "--speed", "3600", "--racks", "12", "--it-load", "0.1");
        assertThat(plan.pagePort()).isEqualTo(8081);
        assertThat(plan.seed()).isEqualTo(-7);
        assertThat(plan.speed()).isEqualTo(3600);
        assertThat(plan.racks()).isEqualTo(12);
        assertThat(plan.itLoad()).isEqualTo(0.1);
    }

    @Test
    void an_influxdb_of_ones_own_is_written_to_with_its_token() throws Exception {
        assertThat(plan("--port", "0", "--influx", "http://127.0.0.1:8086").store())
                .isEqualTo(new Plan.StoreChoice.Existing("http://127.0.0.1:8086", Optional.empty()));
        Path token = Files.writeString(folder.resolve("token"), "t");
        assertThat(plan("--port", "0", "--influx", "https://store", "--influx-token", token.toString())
                        .store())
                .isEqualTo(new Plan.StoreChoice.Existing("https://store", Optional.of(token)));
    }

    @Test
    void faults_are_all_or_those_that_are_named() {
        assertThat(plan("--port", "0", "--faults", "all").faults()).isEqualTo(EnumSet.allOf(FaultKind.class));
        assertThat(plan("--port", "0", "--faults", "reset,drop").faults())
                .isEqualTo(Set.of(FaultKind.RESET, FaultKind.DROP));
    }
}
