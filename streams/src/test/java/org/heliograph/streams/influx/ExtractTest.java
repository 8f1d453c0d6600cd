package org.heliograph.streams.influx;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.telemetry.wire.Topics;
import org.junit.jupiter.api.Test;

class ExtractTest {
    @Test
    void the_hours_of_devices_are_summed_up_again_for_as_long_as_a_restatement_reaches() {
        Duration restated = EngineSettings.of(Topics.DEFAULT).retention();
        Duration hourAndRun = Duration.ofHours(2); // the hour that the oldest minute is of, and what the next run waits

        assertThat(Duration.ofHours(Extract.DEVICES_BACK_HOURS)).isGreaterThan(restated.plus(hourAndRun));
        assertThat(Extract.of("heliograph"))
                .filteredOn(extract -> List.of("device_hours", "point_hours").contains(extract.name()))
                .allSatisfy(extract -> assertThat(extract.define("heliograph"))
                        .anyMatch(line -> line.contains(" RESAMPLE EVERY 1h FOR 54h ")))
                .hasSize(2);
    }
}
