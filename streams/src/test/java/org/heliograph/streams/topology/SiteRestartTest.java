package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.heliograph.streams.indicator.EmissionFactor;
import org.heliograph.streams.indicator.Factors;
import org.heliograph.streams.site.RoleSum;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.streams.topology.state.v1.FactorNews;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The law of recovery, on the site side alone, as {@link DeviceRestartTest} has it on the device side. How often a window
 * was restated on the way depends on the moments at which it was looked at; what is said of it in the end doesn't.
 */
final class SiteRestartTest {
    private static final String YAML = """
            site: test1
            zone: Africa/Casablanca
            devices:
              - {id: util-1, profile: utility-meter, role: grid}
              - {id: "pdu-{1..2}", profile: rack-pdu, role: it}
            """;
    /** Ten minutes before a local midnight: two of each window but the minute and the quarter. */
    private static final long START_MILLIS =
            Instant.parse("2026-06-30T22:50:00Z").toEpochMilli();

    private static final int MINUTES = 25;

    @TempDir
    private Path folder;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 60);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_crash_at_any_moment_changes_no_figure_that_is_said_in_the_end(long seed) throws IOException {
        List<Input> inputs = inputs(new Random(seed));
        Partition calm = new Partition(inputs, folder.toFile());
        while (calm.hasNext()) {
            calm.take();
        }
        Partition storm = new Partition(inputs, folder.toFile());
        Random random = new Random(seed);
        while (storm.hasNext()) {
            switch (random.nextInt(8)) {
                case 0 -> storm.publish();
                case 1 -> storm.commit();
                case 2 -> storm.crash();
                default -> storm.take();
            }
        }
        storm.commit();
        storm.crash(); // and nothing comes any more
        assertThat(storm.end()).isEqualTo(calm.end());
    }

    private record Input(SiteInput input, long clockMillis) {}

    /** Shares of two partitions, some of which change later or come twice; and factors that are revised and withdrawn. */
    private static List<Input> inputs(Random random) {
        List<Input> inputs = new ArrayList<>();
        for (int minute = 0; minute < MINUTES; minute++) {
            long minuteMillis = START_MILLIS + minute * 60_000L;
            long clockMillis = minuteMillis + 60_000L + random.nextInt(5_000);
            inputs.add(new Input(share(random, 0, minuteMillis), clockMillis));
            if (random.nextInt(8) > 0) { // else it stays incomplete
                inputs.add(new Input(share(random, 1, minuteMillis), clockMillis));
            }
            if (random.nextInt(3) == 0) {
                long lateMillis = START_MILLIS + random.nextInt(minute + 1) * 60_000L;
                inputs.add(new Input(share(random, random.nextInt(2), lateMillis), clockMillis));
            }
            if (random.nextInt(6) == 0) {
                inputs.add(inputs.get(random.nextInt(inputs.size())));
            }
            if (random.nextInt(8) == 0) {
                inputs.add(new Input(factor(random), clockMillis));
            }
        }
        return inputs;
    }

    private static SiteInput share(Random random, int partition, long minuteMillis) {
        long energy = random.nextLong(1_000 * Millijoules.PER_WATT_HOUR);
        Map<Role, RoleSum> roles = partition == 0
                ? Map.of(
                        Role.GRID, new RoleSum(3 * energy + 7, energy / 9, 1, 1, 0),
                        Role.IT, new RoleSum(energy, 0, 1, 0, random.nextInt(2)))
                : Map.of(Role.IT, new RoleSum(energy, 0, 1, 0, 0));
        return SiteInput.newBuilder()
                .setMinute(Shares.encode(new SiteShare(roles))
                        .setPartition(partition)
                        .setMinuteMs(minuteMillis))
                .build();
    }

    private static SiteInput factor(Random random) {
        FactorNews.Builder news = FactorNews.newBuilder().setId("ember-2024");
        String version = "2030." + random.nextInt(3);
        if (random.nextInt(4) == 0) {
            return SiteInput.newBuilder().setFactor(news.setWithdrawn(version)).build();
        }
        Instant from = Instant.ofEpochMilli(START_MILLIS + random.nextInt(MINUTES) * 60_000L);
        EmissionFactor factor = EmissionFactor.published(
                "ember-2024", version, "test", random.nextLong(700_000_000), from, EmissionFactor.FOR_EVER);
        return SiteInput.newBuilder()
                .setFactor(news.setPublished(FactorStore.encode(factor)))
                .build();
    }

    /** A partition's stores, offset and output, and the processor that works on them. */
    private static final class Partition {
        private final List<Input> inputs;
        private final File folder;
        private final List<KeyValueStore<Bytes, byte[]>> stores = new ArrayList<>();
        private final KeyValueStore<String, byte[]> sites;
        private final List<Map<Bytes, byte[]>> committed = new ArrayList<>();
        /** What was said last of each window. */
        private final Map<String, SiteWindow> said = new TreeMap<>();

        private MockProcessorContext<String, Emission> context;
        private SiteProcessor processor;
        private long clockMillis = START_MILLIS;
        private int committedOffset;
        private int offset;

        Partition(List<Input> inputs, File folder) throws IOException {
            this.inputs = inputs;
            this.folder = folder;
            context = context();
            for (String name : List.of(
                    SiteProcessor.SHARES,
                    Windows.STORE,
                    Windows.OPEN_STORE,
                    FactorStore.STORE,
                    Restatements.STORE,
                    AlertBook.STORE)) {
                stores.add(Stores.keyValueStoreBuilder(
                                Stores.inMemoryKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
                        .withLoggingDisabled()
                        .build());
            }
            stores.forEach(store -> store.init(context.getStateStoreContext(), store));
            sites = Stores.keyValueStoreBuilder(
                            Stores.inMemoryKeyValueStore(SiteModels.STORE), Serdes.String(), Serdes.ByteArray())
                    .withLoggingDisabled()
                    .build();
            sites.init(context.getStateStoreContext(), sites);
            sites.put("test1", YAML.getBytes(StandardCharsets.UTF_8));
            processor = start();
            commit();
        }

        private MockProcessorContext<String, Emission> context() {
            Properties properties = new Properties();
            properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
            properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
            return new MockProcessorContext<>(properties, new TaskId(1, 0), folder);
        }

        private SiteProcessor start() {
            context = context();
            stores.forEach(context::addStateStore);
            context.addStateStore(sites);
            context.setCurrentSystemTimeMs(clockMillis);
            SiteProcessor started =
                    new SiteProcessor(EngineSettings.of(Topics.DEFAULT), Factors.SHIPPED, new AtomicLong());
            started.init(context);
            return started;
        }

        boolean hasNext() {
            return offset < inputs.size();
        }

        void take() {
            Input input = inputs.get(offset);
            clockMillis = Math.max(clockMillis, input.clockMillis());
            context.setCurrentSystemTimeMs(clockMillis);
            processor.process(new Record<>("test1", input.input().toByteArray(), clockMillis));
            offset++;
        }

        void publish() {
            context.scheduledPunctuators().getFirst().getPunctuator().punctuate(clockMillis);
        }

        void commit() throws IOException {
            committed.clear();
            stores.forEach(store -> committed.add(contents(store)));
            committedOffset = offset;
            for (var forward : context.forwarded()) {
                if (forward.record().value() instanceof Emission.Kpi kpi) {
                    SiteWindow window = SiteWindow.parseFrom(kpi.value());
                    said.put(window.getWindow() + "@" + Instant.ofEpochMilli(window.getStartMs()), window);
                }
            }
            context.resetForwards();
        }

        private static Map<Bytes, byte[]> contents(KeyValueStore<Bytes, byte[]> store) {
            Map<Bytes, byte[]> contents = new HashMap<>();
            try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
                all.forEachRemaining(entry -> contents.put(entry.key, entry.value));
            }
            return contents;
        }

        /** Nothing since the last commit has happened; another processor goes on from there. */
        void crash() {
            for (int i = 0; i < stores.size(); i++) {
                KeyValueStore<Bytes, byte[]> store = stores.get(i);
                contents(store).keySet().forEach(store::delete);
                committed.get(i).forEach(store::put);
            }
            offset = committedOffset;
            processor = start();
        }

        /** What has been said once everything has settled. */
        Map<String, SiteWindow> end() throws IOException {
            clockMillis += 600_000;
            for (int i = 0; i < 4; i++) {
                clockMillis += 60_000;
                context.setCurrentSystemTimeMs(clockMillis);
                publish();
            }
            commit();
            said.replaceAll((_, window) -> window.toBuilder()
                    .clearRevision()
                    .clearCause()
                    .setState(window.getState() == WindowState.REVISED ? WindowState.FINAL : window.getState())
                    .build());
            return said;
        }
    }
}
