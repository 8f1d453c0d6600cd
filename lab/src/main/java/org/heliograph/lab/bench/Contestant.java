package org.heliograph.lab.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.streams.config.EngineSection;
import org.heliograph.streams.config.KafkaSettings;
import org.heliograph.streams.topology.EngineRun;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.wire.MalformedPackException;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.Topics;

/** What is measured, each in a JVM of its own with the options that the engine ships with; prints {@code ready} when it begins to work. */
final class Contestant {
    /** Half of the container that is recommended, whatever memory this machine has. */
    private static final String HEAP = "-Xmx1g";

    private static final int CACHE_MEBIBYTES = 128;

    private Contestant() {}

    /** The kinds. */
    enum Kind {
        /** Poll and decode: what nothing that reads these records can be faster than. */
        RAW,
        /** A windowed sum of one point, as the Kafka Streams DSL has it. */
        DSL,
        /** The same of every point, exactly once: about the engine's work, with none of its laws. */
        DSL_ALL_POINTS,
        /** Kafka Streams, exactly once, that decodes each record and sends one on: what no engine on it can be faster than. */
        PASS_THROUGH,
        /** The engine as it is shipped. */
        ENGINE,
        /** The engine, at least once. */
        ENGINE_AT_LEAST_ONCE
    }

    /**
     * What a contestant is told.
     *
     * @param prefix of its topics
     * @param state its folder; the application is named after the prefix and the kind
     */
    record Task(Kind kind, String bootstrap, String prefix, Path state, int sitePartitions, int threads) {
        List<String> arguments() {
            return List.of(kind.name(), bootstrap, prefix, state.toString(), "" + sitePartitions, "" + threads);
        }

        static Task of(String[] arguments) {
            return new Task(
                    Kind.valueOf(arguments[0]),
                    arguments[1],
                    arguments[2],
                    Path.of(arguments[3]),
                    Integer.parseInt(arguments[4]),
                    Integer.parseInt(arguments[5]));
        }

        String application() {
            return prefix + "-" + kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** Where the pass-through sends. */
        String passed() {
            return prefix + ".passed";
        }

        Topics topics() {
            return new Topics(prefix);
        }

        /** Starts its process; returns when it works. */
        HeliographProcess start(Path folder, String jvm) {
            return HeliographProcess.start(
                    application(), folder, Contestant.class.getName(), options(jvm), arguments());
        }

        private static List<String> options(String further) {
            return Stream.of(
                            HeliographProcess.streamsOptions().stream(),
                            Stream.of(HEAP),
                            Arrays.stream(further.split(" ")).filter(option -> !option.isEmpty()))
                    .flatMap(options -> options)
                    .toList();
        }
    }

    public static void main(String[] arguments) throws Exception {
        Task task = Task.of(arguments);
        switch (task.kind()) {
            case RAW -> RawLoop.run(task);
            case DSL -> DslSum.run(task);
            case DSL_ALL_POINTS -> DslAllPoints.run(task);
            case PASS_THROUGH -> PassThrough.run(task);
            case ENGINE -> engine(task, EngineRun.Guarantee.EXACTLY_ONCE);
            case ENGINE_AT_LEAST_ONCE -> engine(task, EngineRun.Guarantee.AT_LEAST_ONCE);
        }
    }

    private static void engine(Task task, EngineRun.Guarantee guarantee) throws Exception {
        KafkaSettings kafka = new KafkaSettings(task.bootstrap(), task.topics(), 1, Map.of());
        EngineSection section = new EngineSection(
                true,
                task.application(),
                "bench-1",
                task.state(),
                0,
                task.threads(),
                1, // the topics are there
                task.sitePartitions(),
                Duration.ofMinutes(1),
                EngineSection.DEFAULT_FACTOR_REACH,
                (long) CACHE_MEBIBYTES << 20);
        EngineRun run = EngineRun.start(kafka, section, guarantee);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(run::close));
        run.running().get();
        ready();
        run.stopped().get();
    }

    /** Runs a topology of Kafka Streams until the process is ended. */
    static void run(Task task, Topology topology, Map<String, Object> further) throws InterruptedException {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, task.application());
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, task.bootstrap());
        properties.put(StreamsConfig.STATE_DIR_CONFIG, task.state().toString());
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, task.threads());
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, EngineRun.COMMIT_MILLIS);
        properties.putAll(further);
        CountDownLatch running = new CountDownLatch(1);
        KafkaStreams streams = new KafkaStreams(topology, properties);
        streams.setStateListener((now, _) -> {
            if (now == KafkaStreams.State.RUNNING) {
                running.countDown();
            }
        });
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(streams::close));
        streams.start();
        running.await();
        ready();
        new CountDownLatch(1).await();
    }

    /** What the engine tells Kafka Streams, and one has to tell it who wants to do the same. */
    static Map<String, Object> engineSettings() {
        return Map.of(
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                StreamsConfig.EXACTLY_ONCE_V2,
                StreamsConfig.producerPrefix("compression.type"),
                "lz4",
                StreamsConfig.producerPrefix("batch.size"),
                EngineRun.BATCH_BYTES,
                StreamsConfig.consumerPrefix("auto.offset.reset"),
                "earliest");
    }

    /** The readings of a record's value: all of a benchmark's records have some. */
    static List<Series> series(byte[] value) {
        try {
            return PackCodec.decode(value).readings().orElseThrow().series();
        } catch (MalformedPackException e) {
            throw new IllegalStateException(e);
        }
    }

    static void ready() {
        System.out.println("ready at=" + System.currentTimeMillis());
    }
}
