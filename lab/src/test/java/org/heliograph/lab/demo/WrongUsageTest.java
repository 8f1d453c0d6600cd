package org.heliograph.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.heliograph.lab.bench.BenchCommand;
import org.heliograph.sim.fault.FaultKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class WrongUsageTest {
    /** A seed whose draws leave no device of a rack's site for one of the kinds: one in some thousands. */
    private static final long CROWDED = 2_162;

    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(Object command, String arguments) {
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        return new CommandLine(command).execute(arguments.split(" "));
    }

    @AfterEach
    void restore() {
        System.setErr(stderr);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--port 99999",
                "--port -1",
                "--port http",
                "--racks 0",
                "--it-load 2",
                "--for soon",
                "--influx foo",
                "--influx ftp://127.0.0.1",
                "--influx http://127.0.0.1:8086 --influx-token nowhere.txt",
                "--influx http://127.0.0.1:8086 --influx-token .",
                "--influx-token pom.xml",
                "--faults fire",
                "--faults reset,"
            })
    void the_demo_refuses_it_in_a_sentence(String arguments) {
        assertThat(run(new DemoCommand(), arguments)).isEqualTo(2);

        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--").doesNotContain("Exception", "\tat ");
    }

    @Test
    void only_the_number_that_is_wrong_is_told() {
        assertThat(run(new DemoCommand(), "--racks 625 --it-load 0.5")).isEqualTo(2);

        assertThat(err.toString(StandardCharsets.UTF_8).strip())
                .isEqualTo("heliograph demo: --racks is 1 to 624, not 625");
    }

    @Test
    void faults_for_which_the_site_is_too_small_are_refused_before_anything_is_started() {
        Instant midnight = Instant.parse("2026-06-30T23:00:00Z");
        Set<FaultKind> all = EnumSet.allOf(FaultKind.class);
        Set<FaultKind> named = EnumSet.complementOf(EnumSet.of(FaultKind.ALARM));
        Instant one = midnight.plus(Duration.ofHours(1));

        assertThatThrownBy(() -> DemoCommand.requireDevicesFor(named, 1, CROWDED, midnight, one))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one more fault");
        assertThatCode(() -> DemoCommand.requireDevicesFor(all, 1, CROWDED, midnight, one))
                .as("all that it has devices for")
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pipeline --racks 0",
                "pipeline --racks 625",
                "pipeline --hours 0",
                "pipeline --hours 25",
                "pipeline --hours many"
            })
    void the_benchmark_refuses_it_in_a_sentence(String arguments) {
        assertThat(run(new BenchCommand(), arguments)).isEqualTo(2);

        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--").doesNotContain("Exception", "\tat ");
    }
}
