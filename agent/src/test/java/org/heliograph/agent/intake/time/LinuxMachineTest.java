package org.heliograph.agent.intake.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class LinuxMachineTest {
    private static final Path UPTIME = Path.of("/proc/uptime");
    /** What the kernel's file rounds to, and a tick of either clock. */
    private static final long ROUNDING_MILLIS = 20;

    private final long begunNanos = System.nanoTime();
    private final LinuxMachine machine = new LinuxMachine();
    /** It may have been held up between its first looks at the two clocks. */
    private final long lagMillis =
            Duration.ofNanos(System.nanoTime() - begunNanos).toMillis() + 1;

    @Test
    void the_clock_is_the_machines() {
        long before;
        long now;
        long after;
        do {
            before = System.currentTimeMillis();
            now = machine.wallMillis();
            after = System.currentTimeMillis();
        } while (after < before); // somebody has set the clock back meanwhile
        assertThat(now).isBetween(before, after);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void the_time_since_the_start_is_the_kernels_and_goes_on() throws Exception {
        long before = uptimeMillis();
        long first = machine.upMillis();
        long after = uptimeMillis();
        assertThat(first).isBetween(before - ROUNDING_MILLIS - lagMillis, after + ROUNDING_MILLIS);
        assertThat(machine.upMillis()).isGreaterThanOrEqualTo(first);
        // one that is asked later goes by the same origin
        assertThat(new LinuxMachine().upMillis()).isGreaterThanOrEqualTo(first - ROUNDING_MILLIS);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void the_start_has_a_name_that_outlives_the_agent() throws Exception {
        assertThat(machine.start())
                .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/random/boot_id"))
                        .trim())
                .isEqualTo(new LinuxMachine().start());
    }

    /** A container may forbid the question: then nobody knows. A time service may answer between two of them. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void whether_the_clock_is_kept_right_can_be_asked_again_and_again() throws Exception {
        boolean isFiltered =
                !Files.readString(Path.of("/proc/self/status")).lines().anyMatch("Seccomp:\t0"::equals);
        for (int i = 0; i < 100; i++) {
            Machine.Sync said = machine.sync();
            if (!isFiltered) {
                assertThat(said).isNotEqualTo(Machine.Sync.UNKNOWN);
            }
        }
    }

    /** The C library asks by any of the three, as the architecture has it; {@code @system-service} has none of them. */
    @Test
    void the_packages_unit_allows_the_question_and_nobody_to_set_the_clock() throws Exception {
        List<String> unit = Files.readAllLines(Path.of("src/main/packaging/heliograph-agent.service"));
        assertThat(unit)
                .contains("SystemCallFilter=@system-service")
                .contains("SystemCallFilter=adjtimex clock_adjtime clock_adjtime64")
                .contains("CapabilityBoundingSet=", "AmbientCapabilities=")
                .noneMatch(line -> line.startsWith("ProtectClock=") || line.startsWith("SystemCallFilter=~"));
    }

    private static long uptimeMillis() throws Exception {
        return (long) (Double.parseDouble(Files.readString(UPTIME).split(" ", 2)[0]) * 1_000);
    }
}
