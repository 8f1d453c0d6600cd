package org.heliograph.lab.bench;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.WindowStore;
import org.heliograph.telemetry.reading.Series;

/**
 * What one would write first: the sum of a device's first gauge (its power, or its temperature) by minute, in a windowed
 * RocksDB store with its changelog, as Kafka Streams sets them up; late samples of 48 hours are taken. At least once, no
 * output, and one point of the pack's: kind to it.
 */
final class DslSum {
    /** Late samples are taken for so long. */
    static final Duration LATE = Duration.ofHours(48);

    private DslSum() {}

    static void run(Contestant.Task task) throws InterruptedException {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(
                        task.topics().telemetry(),
                        Consumed.with(Serdes.String(), Serdes.ByteArray()).withName("telemetry"))
                .processValues(FirstGauge::new, Named.as("first-gauge"))
                .groupByKey(Grouped.with("devices", Serdes.String(), Serdes.Double()))
                .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMinutes(1), LATE))
                .reduce(
                        Double::sum,
                        Materialized.<String, Double, WindowStore<Bytes, byte[]>>as("sums")
                                .withKeySerde(Serdes.String())
                                .withValueSerde(Serdes.Double()));
        Contestant.run(task, builder.build(), Map.of());
    }

    /** A record for each sample, at the sample's own time. */
    private static final class FirstGauge extends ContextualFixedKeyProcessor<String, byte[], Double> {
        @Override
        public void process(FixedKeyRecord<String, byte[]> pack) {
            for (Series series : Contestant.series(pack.value())) {
                if (series instanceof Series.Gauge gauge) {
                    for (int i = 0; i < gauge.size(); i++) {
                        context().forward(pack.withValue(gauge.value(i)).withTimestamp(gauge.timeMillis(i)));
                    }
                    return;
                }
            }
        }
    }
}
