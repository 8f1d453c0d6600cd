package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.topology.device.DeviceBook;
import org.heliograph.streams.topology.device.DeviceProcessor;
import org.heliograph.streams.topology.device.DirtyMinutes;
import org.heliograph.streams.topology.device.GapBook;
import org.heliograph.streams.topology.device.Irregularities;
import org.heliograph.streams.topology.device.LongSilences;
import org.heliograph.streams.topology.device.SiteEnergies;
import org.heliograph.streams.topology.device.Standstills;
import org.heliograph.streams.topology.samples.SampleStore;
import org.heliograph.streams.topology.state.CommitStore;
import org.heliograph.streams.topology.state.Output;
import org.heliograph.streams.topology.state.ParsedSites;
import org.heliograph.streams.topology.state.SiteModels;
import org.heliograph.streams.topology.state.v1.LossShare;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The law of recovery, on the device side alone: it crashes at any moment and goes on from its last commit, that is from
 * the stores, the offset and the output as they were then. In the end it has said what one says that never crashed.
 */
final class DeviceRestartTest {
    private static final String YAML = """
            site: test1
            zone: Africa/Casablanca
            devices:
              - {id: "pdu-{1..3}", profile: rack-pdu, role: it, rating: 7.4 kW}
            """;
    private static final long START_MILLIS =
            Instant.parse("2026-06-15T12:00:00Z").toEpochMilli();
    private static final int MINUTES = 12;
    private static final int INSTANTS = 4;

    @TempDir
    private Path folder;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 60);
    }

    static LongStream someSeeds() {
        return LongStream.rangeClosed(1, 15);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_crash_at_any_moment_changes_nothing_that_is_said_in_the_end(long seed) {
        crashes(packs(new Random(seed)), YAML, new Random(seed));
    }

    /** Dips, spikes, standstills, resets, swaps and long gaps, in any order: their meaning is found anew after each start. */
    @ParameterizedTest
    @MethodSource("someSeeds")
    void a_crash_amid_irregular_registers_changes_nothing_that_is_said_in_the_end(long seed) {
        crashes(history(seed), RandomHistory.YAML, new Random(seed));
    }

    /** What is said of the minutes before a full hour depends on those after it, and the other way round. */
    @ParameterizedTest
    @MethodSource("someSeeds")
    void a_crash_amid_a_standstill_over_a_full_hour_changes_nothing_that_is_said_in_the_end(long seed) {
        crashes(standstill(new Random(seed)), YAML, new Random(seed));
    }

    /** From a few minutes before one o'clock to a few minutes after it; some packs are late. */
    private static List<Pack> standstill(Random random) {
        int stopsMinute = 55 + random.nextInt(5);
        int goesOnMinute = stopsMinute + 5 + random.nextInt(8);
        List<Pack> packs = new ArrayList<>();
        for (int minute = 50; minute < 80; minute++) {
            long millis = START_MILLIS + minute * 60_000L;
            int missed = Math.max(0, Math.min(minute, goesOnMinute) - stopsMinute);
            Sampling sampling = new Sampling()
                    .register(Point.ENERGY, millis, (1_000 + 50L * (minute - missed)) * Millijoules.PER_WATT_HOUR)
                    .gauge(Point.POWER, millis, 3_000);
            Readings readings = new Readings(new DeviceId("test1", "pdu-1"), "", sampling.series());
            byte[] value = PackCodec.encode(readings, new Origin("edge", 1, packs.size()));
            packs.add(new Pack(readings.device().key(), value, START_MILLIS + 4_800_000));
        }
        for (int i = 0; i < packs.size() / 4; i++) {
            packs.add(random.nextInt(packs.size()), packs.remove(random.nextInt(packs.size())));
        }
        return packs;
    }

    private static List<Pack> history(long seed) {
        Instant end = Instant.ofEpochMilli(START_MILLIS);
        List<Pack> packs = new ArrayList<>();
        for (RandomHistory.Pack told : new RandomHistory(new Random(seed), end).packs()) {
            Readings readings = new Readings(
                    new DeviceId("test1", told.device()),
                    told.serial(),
                    told.sampling().series());
            byte[] value = PackCodec.encode(readings, new Origin("edge", 1, packs.size()));
            packs.add(new Pack(readings.device().key(), value, START_MILLIS));
        }
        return packs;
    }

    /** An agent that was cut off delivers, and before the engine has measured that it is away for some hours. */
    @Test
    void what_was_taken_is_measured_though_it_is_older_than_samples_are_kept_when_the_engine_is_back() {
        List<Pack> packs = packs(new Random(1));
        long deliveredMillis = START_MILLIS + Duration.ofHours(47).toMillis();
        List<Pack> late = packs.stream()
                .map(pack -> new Pack(pack.key(), pack.value(), deliveredMillis))
                .toList();
        Partition calm = new Partition(late, YAML, folder.toFile());
        while (calm.hasNext()) {
            calm.take();
        }
        calm.measure();
        calm.passes(Duration.ofHours(10));
        Partition storm = new Partition(late, YAML, folder.toFile());
        while (storm.hasNext()) {
            storm.take();
        }
        storm.commit();
        storm.passes(Duration.ofHours(10));
        storm.crash();
        storm.purge();
        assertThat(storm.end()).isEqualTo(calm.end()).isNotEmpty();
    }

    /** Over a long weekend, say; catching up it is killed again and again, and longer than minutes are kept otherwise. */
    @ParameterizedTest
    @MethodSource("someSeeds")
    void an_absence_of_days_and_crashes_after_it_change_nothing_that_is_said_in_the_end(long seed) {
        Random random = new Random(seed);
        List<Pack> packs = history(seed);
        Partition calm = new Partition(packs, RandomHistory.YAML, folder.toFile());
        while (calm.hasNext()) {
            calm.take();
        }
        Partition storm = new Partition(packs, RandomHistory.YAML, folder.toFile());
        for (int before = random.nextInt(packs.size()); before > 0; before--) {
            storm.take();
            if (random.nextInt(8) == 0) {
                storm.measure();
            }
        }
        storm.commit();
        storm.isAwayFor(Duration.ofDays(5));
        while (storm.hasNext()) {
            switch (random.nextInt(8)) {
                case 0 -> storm.measure();
                case 1 -> storm.commit();
                case 2 -> storm.crash();
                case 3 -> storm.purge();
                case 4 -> storm.passes(Duration.ofMinutes(20));
                default -> storm.take();
            }
        }
        if (random.nextBoolean()) {
            storm.commit();
            storm.crash(); // all is taken, and not all is measured
        }
        assertThat(figures(storm.end())).isEqualTo(figures(calm.end())).isNotEmpty();
    }

    /** What is said once and isn't of a time is left out. */
    private static Map<String, String> figures(Map<String, String> said) {
        Map<String, String> figures = new TreeMap<>(said);
        figures.keySet().removeIf(what -> what.startsWith("LOSS"));
        return figures;
    }

    @Test
    void what_comes_after_the_start_is_late_by_the_clock_again() {
        Partition partition = new Partition(packs(new Random(1)), YAML, folder.toFile());
        partition.isAwayFor(Duration.ofDays(5));
        partition.waiting = 5;
        partition.crash();
        while (partition.hasNext()) {
            partition.take();
        }
        assertThat(partition.refused()).isEqualTo(partition.packs.size() - 5);
    }

    @Test
    void it_says_that_it_catches_up_until_all_that_waited_is_measured_though_nothing_else_comes() {
        Partition partition = new Partition(packs(new Random(1)), YAML, folder.toFile());
        partition.take();
        partition.commit();
        partition.isAwayFor(Duration.ofDays(5));
        assertThat(partition.isSaidToCatchUp()).isTrue();
        while (partition.hasNext()) {
            partition.take();
        }
        assertThat(partition.isSaidToCatchUp()).isTrue();
        partition.measure();
        assertThat(partition.isSaidToCatchUp()).isFalse();
    }

    /** An engine that takes faster than it measures, with a record that came after its start. */
    private Partition unmeasured() {
        Partition partition = new Partition(packs(new Random(1)), YAML, folder.toFile());
        partition.take();
        partition.commit();
        partition.measureBudget = Duration.ofNanos(-1);
        partition.isAwayFor(Duration.ofDays(5), partition.packs.size() - 1);
        while (partition.hasNext()) {
            partition.take();
        }
        return partition;
    }

    @Test
    void it_says_that_it_catches_up_while_something_of_it_is_not_measured_and_what_comes_then_is_late() {
        Partition partition = unmeasured();
        assertThat(partition.refused()).isEqualTo(1);
        partition.measure();
        assertThat(partition.isSaidToCatchUp()).isTrue();
    }

    /** Its site may have been withdrawn. */
    @Test
    void what_can_not_be_measured_holds_up_an_absence_s_end_for_an_hour_at_most() {
        Partition partition = unmeasured();
        partition.passes(Duration.ofMinutes(61));
        partition.measure();
        assertThat(partition.isSaidToCatchUp()).isFalse();
    }

    /** Another engine took what waited when this one started; then the partition moved here, and its devices are silent. */
    @ParameterizedTest
    @CsvSource({"PT1M, PT9M, true", "PT1M, PT11M, false", "P5D, PT23H, true", "P5D, PT25H, false"})
    void a_partition_that_nothing_comes_from_has_nothing_that_waits_and_longer_only_where_much_was_missed(
            Duration away, Duration silent, boolean isCatchingUp) {
        Partition partition = new Partition(packs(new Random(1)), YAML, folder.toFile());
        while (partition.hasNext()) {
            partition.take();
        }
        partition.measure();
        partition.commit();
        partition.isAwayFor(away);
        assertThat(partition.isSaidToCatchUp()).isTrue();
        for (Duration passed = Duration.ZERO; passed.compareTo(silent) < 0; passed = passed.plusMinutes(1)) {
            partition.passes(Duration.ofMinutes(1));
            partition.measure();
        }
        partition.measure();
        assertThat(partition.isSaidToCatchUp()).isEqualTo(isCatchingUp);
    }

    /** Nobody keeps the state of so long a time, nor does Kafka keep where the engine was. */
    @Test
    void after_an_absence_of_more_than_a_week_what_is_late_by_the_clock_is_refused() {
        Partition partition = new Partition(packs(new Random(1)), YAML, folder.toFile());
        partition.isAwayFor(Duration.ofDays(8));
        while (partition.hasNext()) {
            partition.take();
        }
        assertThat(partition.refused()).isEqualTo(partition.packs.size());
    }

    /** Of the site's other devices nothing is known any more then: its minute would be summed from what is left. */
    @Test
    void what_is_forgotten_is_not_measured_anew_after_a_start() {
        Partition partition = new Partition(packs(new Random(1)), YAML, folder.toFile());
        while (partition.hasNext()) {
            partition.take();
        }
        partition.end();
        partition.passes(Duration.ofHours(60));
        partition.purge();
        partition.commit();
        partition.crash();
        partition.said.clear();
        assertThat(partition.end().keySet()).allMatch(what -> what.startsWith("LOSS"));
    }

    /** Nobody knows what those were that the broker has deleted; it is known of those that follow. */
    @Test
    void what_was_sent_before_the_oldest_record_of_the_topic_is_not_missing_and_what_follows_is() {
        List<Pack> packs = new ArrayList<>();
        for (long sequence : new long[] {50_000, 50_001, 50_003}) {
            Readings readings = new Readings(
                    new DeviceId("test1", "pdu-1"),
                    "",
                    new Sampling()
                            .register(Point.ENERGY, START_MILLIS + 1_000 * sequence, sequence)
                            .series());
            packs.add(new Pack(
                    readings.device().key(),
                    PackCodec.encode(readings, new Origin("edge", 1, sequence)),
                    readings.latestMillis()));
        }
        Partition partition = new Partition(packs, YAML, folder.toFile());
        partition.oldest = 7;
        partition.take();
        partition.commit();
        partition.crash();
        partition.take();
        partition.take();
        partition.end();

        assertThat(partition.losses.getAgentsList()).singleElement().satisfies(agent -> {
            assertThat(agent.getExpected()).isEqualTo(4);
            assertThat(agent.getMissing()).isEqualTo(1);
        });
    }

    private void crashes(List<Pack> packs, String yaml, Random random) {
        Partition calm = new Partition(packs, yaml, folder.toFile());
        while (calm.hasNext()) {
            calm.take();
        }
        Partition storm = new Partition(packs, yaml, folder.toFile());
        while (storm.hasNext()) {
            switch (random.nextInt(8)) {
                case 0 -> storm.measure();
                case 1 -> storm.commit();
                case 2 -> storm.crash();
                default -> storm.take();
            }
        }
        storm.commit();
        storm.crash(); // and nothing comes any more
        assertThat(storm.end()).isEqualTo(calm.end());
    }

    /** @param newestMillis of all readings up to here: the clock */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Pack(String key, byte[] value, long newestMillis) {}

    /** Packs of an instant or a few, some of them late, some twice; a device falls silent in the middle of a minute. */
    private static List<Pack> packs(Random random) {
        List<Readings> told = new ArrayList<>();
        for (int device = 1; device <= 3; device++) {
            long wattHours = 1_000;
            int instants = device == 3 ? MINUTES * INSTANTS - 2 - random.nextInt(20) : MINUTES * INSTANTS;
            int next = 0;
            while (next < instants) {
                int size = Math.min(instants - next, 1 + random.nextInt(5));
                long[] times = new long[size];
                long[] energy = new long[size];
                double[] power = new double[size];
                for (int i = 0; i < size; i++) {
                    times[i] = START_MILLIS + (next + i) * 60_000L / INSTANTS;
                    wattHours += 5 + random.nextInt(10);
                    energy[i] = wattHours * Millijoules.PER_WATT_HOUR;
                    power[i] = 2_000 + random.nextInt(500);
                }
                told.add(new Readings(
                        new DeviceId("test1", "pdu-" + device),
                        "",
                        List.of(
                                new Series.Register(Point.ENERGY, times, energy),
                                new Series.Gauge(Point.POWER, times, power))));
                next += size;
            }
        }
        told.sort((a, b) -> Long.compare(a.latestMillis(), b.latestMillis()));
        for (int i = 0; i < told.size() / 4; i++) {
            Readings moved = told.get(random.nextInt(told.size()));
            if (random.nextBoolean()) {
                told.remove(moved);
            }
            told.add(random.nextInt(told.size()), moved);
        }
        List<Pack> packs = new ArrayList<>();
        long newest = START_MILLIS;
        for (Readings readings : told) {
            newest = Math.max(newest, readings.latestMillis());
            byte[] value = PackCodec.encode(readings, new Origin("edge", 1, packs.size()));
            packs.add(new Pack(readings.device().key(), value, newest));
        }
        return packs;
    }

    /** A partition's stores, offset and output, and the processor that works on them. */
    private static final class Partition {
        private final List<Pack> packs;
        private final File folder;
        private final List<StateStore> stores = new ArrayList<>();
        private final CommitStore atCommit = new CommitStore.Builder(plain(SampleStore.STORE)).build();
        private final List<KeyValueStore<Bytes, byte[]>> byBytes = new ArrayList<>();
        private final List<KeyValueStore<String, byte[]>> byName = new ArrayList<>();
        /** What was said last of each device's minute, and of each site's. */
        private final Map<String, String> said = new TreeMap<>();

        private final List<Map<Object, byte[]>> committed = new ArrayList<>();
        private MockProcessorContext<String, Output> context;
        private DeviceProcessor processor;
        private long clockMillis = START_MILLIS;
        /** The offset of the first record that the topic still has. */
        private long oldest;
        /** How many records there were when it started last. */
        private long waiting;

        private Duration measureBudget = Duration.ofMinutes(5);
        private LossShare losses = LossShare.getDefaultInstance();
        private int committedOffset;
        private int offset;

        Partition(List<Pack> packs, String yaml, File folder) {
            this.packs = packs;
            this.folder = folder;
            byBytes.add(plain(SiteEnergies.STORE).build());
            for (String name : List.of(
                    DirtyMinutes.STORE,
                    Irregularities.STORE,
                    DeviceBook.STORE,
                    GapBook.STORE,
                    LongSilences.STORE,
                    Standstills.STORE,
                    SiteModels.STORE)) {
                byName.add(Stores.keyValueStoreBuilder(
                                Stores.inMemoryKeyValueStore(name), Serdes.String(), Serdes.ByteArray())
                        .withLoggingDisabled()
                        .build());
            }
            stores.add(atCommit);
            stores.addAll(byBytes);
            stores.addAll(byName);
            context = context();
            stores.forEach(store -> store.init(context.getStateStoreContext(), store));
            byBytes.add(atCommit.entries());
            byName.getLast().put("test1", yaml.getBytes(StandardCharsets.UTF_8));
            processor = start();
            commit();
        }

        private static StoreBuilder<KeyValueStore<Bytes, byte[]>> plain(String name) {
            return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
                    .withLoggingDisabled();
        }

        private MockProcessorContext<String, Output> context() {
            Properties properties = new Properties();
            properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
            properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
            return new MockProcessorContext<>(properties, new TaskId(0, 0), folder);
        }

        private DeviceProcessor start() {
            context = context();
            stores.forEach(context::addStateStore);
            context.setCurrentSystemTimeMs(clockMillis);
            Scope scope = Scope.LIVE.withWaiting(Map.of(0, waiting));
            DeviceProcessor started =
                    new DeviceProcessor(EngineDriver.measuringFor(measureBudget, scope), new ParsedSites());
            started.init(context);
            return started;
        }

        boolean hasNext() {
            return offset < packs.size();
        }

        void take() {
            Pack pack = packs.get(offset);
            clockMillis = Math.max(clockMillis, pack.newestMillis());
            context.setCurrentSystemTimeMs(clockMillis);
            context.setRecordMetadata("hg.telemetry", 0, oldest + offset);
            processor.process(new Record<>(pack.key(), pack.value(), clockMillis));
            offset++;
        }

        void measure() {
            context.scheduledPunctuators().getFirst().getPunctuator().punctuate(clockMillis);
        }

        void purge() {
            context.scheduledPunctuators().getLast().getPunctuator().punctuate(clockMillis);
        }

        void passes(Duration time) {
            clockMillis += time.toMillis();
            context.setCurrentSystemTimeMs(clockMillis);
        }

        /** It is killed, and another starts that much later; all that is to come has come by then. */
        void isAwayFor(Duration time) {
            isAwayFor(time, packs.size());
        }

        /** @param come how many of all have come by then */
        void isAwayFor(Duration time, long come) {
            passes(time);
            waiting = come;
            crash();
        }

        /** What is said of that a second later. */
        boolean isSaidToCatchUp() {
            passes(Duration.ofSeconds(1));
            context.scheduledPunctuators().get(1).getPunctuator().punctuate(clockMillis);
            return context.forwarded().stream()
                    .map(forward -> forward.record().value())
                    .filter(said ->
                            said instanceof Output.ToSite site && site.input().hasLive())
                    .map(said -> ((Output.ToSite) said).input().getLive().getCatchingUp())
                    .reduce((_, last) -> last)
                    .orElseThrow();
        }

        /** How many packs were refused. */
        long refused() {
            return context.forwarded().stream()
                    .filter(forward -> forward.record().value() instanceof Output.Rejected)
                    .count();
        }

        void commit() {
            atCommit.flushCache();
            committed.clear();
            byBytes.forEach(store -> committed.add(contents(store)));
            byName.forEach(store -> committed.add(contents(store)));
            committedOffset = offset;
            context.forwarded().forEach(forward -> say(forward.record()));
            context.resetForwards();
        }

        private void say(Record<? extends String, ? extends Output> sent) {
            String what = switch (sent.value()) {
                case Output.Energy _ -> "energy";
                case Output.ToSite toSite -> toSite.input().getInputCase().name();
                case Output.Rejected _ -> "rejected";
                case Output.Kpi _, Output.Live _, Output.Alerted _ -> throw new AssertionError();
            };
            if (sent.value() instanceof Output.ToSite toSite && toSite.input().hasLoss()) {
                losses = toSite.input().getLoss();
            }
            if (!what.equals("LIVE")) { // what is shown now is said anew anyway
                said.put(
                        what + " " + sent.key() + "@" + sent.timestamp(),
                        Arrays.toString(sent.value().value()));
            }
        }

        private static <K> Map<Object, byte[]> contents(KeyValueStore<K, byte[]> store) {
            Map<Object, byte[]> contents = new HashMap<>();
            try (KeyValueIterator<K, byte[]> all = store.all()) {
                all.forEachRemaining(entry -> contents.put(entry.key, entry.value));
            }
            return contents;
        }

        /** Nothing since the last commit has happened; another processor goes on from there. */
        void crash() {
            for (int i = 0; i < byBytes.size(); i++) {
                reset(byBytes.get(i), committed.get(i), Bytes.class);
            }
            for (int i = 0; i < byName.size(); i++) {
                reset(byName.get(i), committed.get(byBytes.size() + i), String.class);
            }
            offset = committedOffset;
            processor = start();
        }

        private static <K> void reset(KeyValueStore<K, byte[]> store, Map<Object, byte[]> was, Class<K> keys) {
            contents(store).keySet().forEach(key -> store.delete(keys.cast(key)));
            was.forEach((key, value) -> store.put(keys.cast(key), value));
        }

        /** What has been said once everything has settled. */
        Map<String, String> end() {
            clockMillis += 600_000;
            for (int i = 0; i < 4; i++) { // what a step means may change minutes elsewhere: those are measured next
                clockMillis += 1_000;
                context.setCurrentSystemTimeMs(clockMillis);
                measure();
            }
            context.scheduledPunctuators().get(1).getPunctuator().punctuate(clockMillis);
            commit();
            return said;
        }
    }
}
