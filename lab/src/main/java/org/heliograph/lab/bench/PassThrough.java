package org.heliograph.lab.bench;

import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.heliograph.streams.topology.EngineRun;
import org.heliograph.telemetry.wire.MalformedPackException;
import org.heliograph.telemetry.wire.PackCodec;

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
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, task.application());
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, task.bootstrap());
        properties.put(StreamsConfig.STATE_DIR_CONFIG, task.state().toString());
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, task.threads());
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, EngineRun.COMMIT_MILLIS);
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.producerPrefix("compression.type"), "lz4");
        properties.put(StreamsConfig.producerPrefix("batch.size"), EngineRun.BATCH_BYTES);
        properties.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        CountDownLatch running = new CountDownLatch(1);
        KafkaStreams streams = new KafkaStreams(builder.build(), properties);
        streams.setStateListener((now, _) -> {
            if (now == KafkaStreams.State.RUNNING) {
                running.countDown();
            }
        });
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(streams::close));
        streams.start();
        running.await();
        Contestant.ready();
        new CountDownLatch(1).await();
    }

    private static final class Decoding extends ContextualFixedKeyProcessor<String, byte[], byte[]> {
        @Override
        public void process(FixedKeyRecord<String, byte[]> pack) {
            try {
                PackCodec.decode(pack.value());
            } catch (MalformedPackException e) {
                throw new IllegalStateException(e);
            }
            context().forward(pack);
        }
    }
}
