package org.heliograph.streams.topology.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;
import org.junit.jupiter.api.Test;

final class SampleBlockTest {
    private static final long START = 29_000_000 * DeviceMinute.LENGTH_MILLIS;

    @Test
    void a_block_is_the_same_whatever_was_written_before_it_and_however_much_room_there_is() {
        byte[] used = new byte[32 << 10];
        Arrays.fill(used, (byte) 0x5A);
        byte[] longer = SampleBlock.encode(minutes(5), used);
        byte[] shorter = SampleBlock.encode(minutes(1), used);

        assertThat(shorter).isEqualTo(SampleBlock.encode(minutes(1), new byte[0]));
        assertThat(longer).as("isn't overwritten").isEqualTo(SampleBlock.encode(minutes(5), new byte[0]));
        assertThat(SampleBlock.decode(longer, START).keySet())
                .isEqualTo(minutes(5).keySet());
    }

    private static NavigableMap<Long, Samples> minutes(int count) {
        NavigableMap<Long, Samples> minutes = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            long[] times = {START + i * DeviceMinute.LENGTH_MILLIS, START + i * DeviceMinute.LENGTH_MILLIS + 1_000};
            minutes.put(
                    times[0],
                    Samples.of(
                            "",
                            List.of(
                                    new Series.Register(Point.ENERGY, times, new long[] {1_000L * i, 1_000L * i + 7}),
                                    new Series.Gauge(Point.POWER, times, new double[] {i, -.5}))));
        }
        return minutes;
    }
}
