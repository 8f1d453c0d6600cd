package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.streams.topology.state.Shares;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a window that was said is said again. */
class RepeatedWindowsTest {
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");

    private static final SiteShare EVERY_DEVICE = SiteShare.of(
                    "util-1", Role.GRID, Map.of(Point.ENERGY_IMPORT, 1L, Point.ENERGY_EXPORT, 0L), true, false)
            .plus(share("inv-1", Role.PV, 1))
            .plus(share("ups-a", Role.UPS, 1))
            .plus(share("fpdu-1", Role.FLOOR_PDU, 1))
            .plus(share("pdu-a", Role.IT, 1))
            .plus(share("pdu-b", Role.IT, 1))
            .plus(share("crac-1", Role.COOLING, 1));

    @TempDir
    private Path state;

    private EngineDriver driver;

    @BeforeEach
    void start() {
        driver = new EngineDriver(state, NOON, SiteFixture.YAML);
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void a_restatement_of_what_still_changes_waits_for_half_a_minute_at_most() {
        Instant quarter = NOON.minusSeconds(900);
        share(quarter, 1);
        driver.advanceTwice(Duration.ofMinutes(3));
        assertThat(driver.window("15m", quarter).getState()).isEqualTo(WindowState.FINAL);

        List<Integer> restatedAtSecond = new ArrayList<>();
        for (int second = 0; second < 90; second++) {
            if (second < 60 && second % 4 == 0) { // sooner than it settles
                share(quarter, 2 + second);
            }
            driver.advance(Duration.ofSeconds(1));
            if (driver.window("15m", quarter).getRevision() > restatedAtSecond.size()) {
                restatedAtSecond.add(second);
            }
        }
        assertThat(restatedAtSecond).hasSize(2);
        assertThat(restatedAtSecond.getFirst()).isBetween(29, 31);
        assertThat(restatedAtSecond.getLast()).as("the last share came at 56").isBetween(60, 63);
        assertThat(driver.window("15m", quarter).getEnergyIt3Mj()).isEqualTo(2 + 56);
    }

    @Test
    void an_open_window_in_which_nothing_happens_is_said_again_each_minute_with_less_coverage() {
        say(NOON, EVERY_DEVICE);
        driver.advance(Duration.ofMinutes(1));
        driver.advance(Duration.ofSeconds(1));
        driver.read("hg.kpi", SiteWindow::parseFrom);

        List<SiteWindow> said = new ArrayList<>();
        for (int second = 0; second < 180; second++) {
            driver.advance(Duration.ofSeconds(1));
            driver.read("hg.kpi", SiteWindow::parseFrom).stream()
                    .filter(window -> window.getWindow().equals("1h"))
                    .forEach(said::add);
        }
        assertThat(said).hasSize(3);
        assertThat(said).extracting(SiteWindow::getState).containsOnly(WindowState.PROVISIONAL);
        assertThat(said).extracting(SiteWindow::getCoverage).containsExactly(1.0, 1 / 2.0, 1 / 3.0);
    }

    /** Of one of the site's racks only, so that a window in which this is isn't complete. */
    private void share(Instant minute, long millijoules) {
        say(minute, share("pdu-a", Role.IT, millijoules));
    }

    private static SiteShare share(String device, Role role, long millijoules) {
        return SiteShare.of(device, role, Map.of(Point.ENERGY, millijoules), true, false);
    }

    /** As a partition of the device side does. */
    private void say(Instant minute, SiteShare share) {
        driver.fromDevices(
                EngineDriver.SITE,
                SiteInput.newBuilder()
                        .setMinute(Shares.encode(share).setMinuteMs(minute.toEpochMilli()))
                        .build());
    }
}
