package org.heliograph.lab.bench;

import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;

/**
 * Decodes each record and sends it on, exactly once, with the engine's own settings: the engine sends at least a record
 * for each minute of a device too, so what it does besides is what it costs more than this.
 */
final class PassThrough {
    private PassThrough() {}

    static void run(Contestant.Task task) throws InterruptedException {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(
                        task.topics().telemetry(),
                        Consumed.with(Serdes.String(), Serdes.ByteArray()).withName("telemetry"))
                .processValues(Decoding::new, Named.as("decoding"))
                .to(
                        task.passed(),
                        Produced.with(Serdes.String(), Serdes.ByteArray()).withName("passed"));
        Contestant.run(task, builder.build(), Contestant.engineSettings());
    }

    private static final class Decoding extends ContextualFixedKeyProcessor<String, byte[], byte[]> {
        @Override
        public void process(FixedKeyRecord<String, byte[]> pack) {
            Contestant.series(pack.value());
            context().forward(pack);
        }
    }
}
