package org.heliograph.streams.topology.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.stream.LongStream;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.heliograph.streams.energy.DeviceHistory;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.Evidence;
import org.heliograph.streams.energy.Flag;
import org.heliograph.streams.energy.RegisterMeter;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A counter that stands still from five minutes before a full hour until five minutes after it. */
final class StandstillsTest {
    private static final long ELEVEN = Instant.parse("2026-06-15T11:00:00Z").toEpochMilli();
    private static final long MINUTE_MILLIS = 60_000;
    private static final String DEVICE = "test1/pdu-a";
    private static final long WH = 3_600_000L;

    private final DeviceHistory history = DeviceHistory.of(site(), "pdu-a");
    private final Samples samples = samples();

    private final Standstills standstills;

    StandstillsTest(@TempDir Path folder) {
        standstills = standstills(folder.toFile());
        find(minutes(-60, 0), Long.MIN_VALUE);
    }

    private static List<Long> minutes(int from, int to) {
        return LongStream.range(from, to).map(StandstillsTest::minute).boxed().toList();
    }

    private static Standstills standstills(File folder) {
        KeyValueStore<String, byte[]> store = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(Standstills.STORE), Serdes.String(), Serdes.ByteArray())
                .withLoggingDisabled()
                .build();
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        store.init(
                new MockProcessorContext<String, Void>(properties, new TaskId(0, 0), folder).getStateStoreContext(),
                store);
        return new Standstills(store);
    }

    private static SiteModel site() {
        try {
            return SiteFile.parse("site", """
                    site: test1
                    zone: UTC
                    devices:
                      - {id: pdu-a, profile: rack-pdu, role: it}
                    """);
        } catch (ConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long minute(long number) {
        return ELEVEN + number * MINUTE_MILLIS;
    }

    private static Samples samples() {
        Sampling sampling = new Sampling();
        for (int minute = -60; minute <= 60; minute++) {
            int missed = Math.max(0, Math.min(minute, 5) + 5);
            sampling.register(Point.ENERGY, minute(minute), (100_000 + 50L * (minute - missed)) * WH);
            sampling.gauge(Point.POWER, minute(minute), 3000);
        }
        return Samples.of("", sampling.series());
    }

    private Standstills.Found find(List<Long> minutes, long oldestMillis) {
        return standstills.find(DEVICE, history, minutes, samples, _ -> List.of(), oldestMillis);
    }

    private DeviceMinute measured(long minuteMillis) {
        Standstills.Found found = find(List.of(minuteMillis), minuteMillis);
        return DeviceMinute.of(
                history,
                history.at(minuteMillis).orElseThrow(),
                samples.around(minuteMillis, minuteMillis + MINUTE_MILLIS, RegisterMeter.CONTEXT),
                new Evidence(_ -> List.of(), found::of),
                minuteMillis);
    }

    @Test
    void each_hour_says_something_of_the_other() {
        find(minutes(0, 60), Long.MIN_VALUE);
        assertThat(measured(minute(-5)).flags()).contains(Flag.STUCK);
        assertThat(measured(minute(4)).flags()).contains(Flag.STUCK);
        assertThat(measured(minute(5)).flags()).isEmpty();
    }

    @Test
    void an_hour_that_is_not_measured_any_more_is_kept_while_it_says_something_of_the_next() {
        find(minutes(0, 60), Long.MIN_VALUE);
        standstills.purge(minute(4));

        assertThat(measured(minute(4)).flags()).contains(Flag.STUCK);
    }

    @Test
    void an_hour_is_forgotten_when_it_says_nothing_of_any_minute_that_is_measured() {
        find(minutes(0, 60), Long.MIN_VALUE);
        standstills.purge(minute(59));

        assertThat(measured(minute(4)).flags()).isEmpty();
    }

    @Test
    void minutes_of_the_hour_before_that_are_not_measured_any_more_are_not_said_to_have_changed() {
        assertThat(find(List.of(minute(0), minute(1)), minute(-4)).changedMinutesMillis())
                .containsExactlyInAnyOrder(minute(-4), minute(-3), minute(-2), minute(-1), minute(0), minute(1));
    }
}
