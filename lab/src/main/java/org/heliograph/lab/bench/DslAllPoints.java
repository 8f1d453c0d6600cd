package org.heliograph.lab.bench;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Serde;
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
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;

/**
 * What one would write who knows Kafka Streams and has the engine's work to do, but none of its laws to keep: the sums of
 * all of a device's points by minute, in one aggregate of the device. (A key for each point would have every reading sent
 * once more, through a topic that sorts them by it.) A pack's readings of a minute are added up before they meet the
 * store, so it is met once, not once for each sample. Exactly once, with the engine's own settings; no output.
 */
final class DslAllPoints {
    private DslAllPoints() {}

    static void run(Contestant.Task task) throws InterruptedException {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(
                        task.topics().telemetry(),
                        Consumed.with(Serdes.String(), Serdes.ByteArray()).withName("telemetry"))
                .processValues(Minutes::new, Named.as("minutes"))
                .groupByKey(Grouped.with("devices", Serdes.String(), Sums.SERDE))
                .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMillis(Minutes.LENGTH_MILLIS), DslSum.LATE))
                .reduce(
                        Sums::plus,
                        Materialized.<String, Sums, WindowStore<Bytes, byte[]>>as("sums")
                                .withKeySerde(Serdes.String())
                                .withValueSerde(Sums.SERDE));
        Contestant.run(task, builder.build(), Contestant.engineSettings());
    }

    /** A record for each minute that a pack has readings of. */
    private static final class Minutes extends ContextualFixedKeyProcessor<String, byte[], Sums> {
        private static final long LENGTH_MILLIS = 60_000;

        @Override
        public void process(FixedKeyRecord<String, byte[]> pack) {
            TreeMap<Long, Sums> minutes = new TreeMap<>();
            for (Series series : Contestant.series(pack.value())) {
                for (int i = 0; i < series.size(); i++) {
                    long minuteMillis = series.timeMillis(i) / LENGTH_MILLIS * LENGTH_MILLIS;
                    minutes.computeIfAbsent(minuteMillis, _ -> new Sums()).add(series.point(), value(series, i));
                }
            }
            minutes.forEach((minuteMillis, sums) ->
                    context().forward(pack.withValue(sums).withTimestamp(minuteMillis)));
        }

        /** A sum of register readings says nothing: it is as much work as one that does. */
        private static double value(Series series, int i) {
            return switch (series) {
                case Series.Gauge gauge -> gauge.value(i);
                case Series.Register register -> register.millijoules(i);
            };
        }
    }

    /** By the points' numbers, of those that there are. */
    private static final class Sums {
        private static final Serde<Sums> SERDE =
                Serdes.serdeFrom((_, sums) -> sums.encode(), (_, bytes) -> decode(bytes));

        private final double[] sums = new double[Integer.SIZE];
        /** A bit for each number that there is. */
        private int points;

        void add(Point point, double value) {
            add(point.number(), value);
        }

        private void add(int number, double value) {
            points |= 1 << number;
            sums[number] += value;
        }

        Sums plus(Sums more) {
            for (int left = more.points; left != 0; left &= left - 1) {
                int number = Integer.numberOfTrailingZeros(left);
                add(number, more.sums[number]);
            }
            return this;
        }

        private byte[] encode() {
            ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + Integer.bitCount(points) * Double.BYTES)
                    .putInt(points);
            for (int left = points; left != 0; left &= left - 1) {
                bytes.putDouble(sums[Integer.numberOfTrailingZeros(left)]);
            }
            return bytes.array();
        }

        private static Sums decode(byte[] encoded) {
            ByteBuffer bytes = ByteBuffer.wrap(encoded);
            Sums sums = new Sums();
            for (int left = bytes.getInt(); left != 0; left &= left - 1) {
                sums.add(Integer.numberOfTrailingZeros(left), bytes.getDouble());
            }
            return sums;
        }
    }
}
