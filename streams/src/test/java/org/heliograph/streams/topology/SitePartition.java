package org.heliograph.streams.topology;

import com.google.protobuf.ByteString;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.topology.site.AlertBook;
import org.heliograph.streams.topology.site.PastHours;
import org.heliograph.streams.topology.site.Restatements;
import org.heliograph.streams.topology.site.SiteProcessor;
import org.heliograph.streams.topology.site.WindowStore;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.FactorStore;
import org.heliograph.streams.topology.state.Output;
import org.heliograph.streams.topology.state.ParsedSites;
import org.heliograph.streams.topology.state.SiteModels;
import org.heliograph.streams.topology.state.v1.LiveShare;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;

/** A partition of the site side: its stores, offset and output, and the processor that works on them. */
final class SitePartition {
    /** The site that there is at least. */
    static final String SITE = "test1";

    /** A record of a site, and what the clock shows when it comes at the earliest. */
    record Input(String site, SiteInput input, long clockMillis) {
        Input(SiteInput input, long clockMillis) {
            this(SITE, input, clockMillis);
        }
    }

    private final List<Input> inputs;
    private final EngineSettings settings;
    private final File folder;
    private final List<KeyValueStore<Bytes, byte[]>> stores = new ArrayList<>();
    private final KeyValueStore<String, byte[]> sites;
    private final Set<String> names = new TreeSet<>();
    private final ParsedSites parsedSites = new ParsedSites();
    private final List<Map<Bytes, byte[]>> committed = new ArrayList<>();
    /** What was said last of each site's windows. */
    private final Map<String, Map<String, SiteWindow>> said = new HashMap<>();
    /** All that was said of closed ones. */
    private final List<SiteWindow> closed = new ArrayList<>();

    private MockProcessorContext<String, Output> context;
    private SiteProcessor processor;
    private long clockMillis;
    private int committedOffset;
    private int offset;

    SitePartition(List<Input> inputs, String yaml, EngineSettings settings, File folder) throws IOException {
        this.inputs = inputs;
        this.settings = settings;
        this.folder = folder;
        clockMillis = inputs.getFirst().clockMillis();
        context = context();
        for (String name : List.of(
                SiteProcessor.SHARES,
                WindowStore.STORE,
                WindowStore.OPEN_STORE,
                PastHours.STORE,
                FactorStore.STORE,
                Restatements.STORE,
                AlertBook.STORE)) {
            stores.add(
                    Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
                            .withLoggingDisabled()
                            .build());
        }
        stores.forEach(store -> store.init(context.getStateStoreContext(), store));
        sites = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(SiteModels.STORE), Serdes.String(), Serdes.ByteArray())
                .withLoggingDisabled()
                .build();
        sites.init(context.getStateStoreContext(), sites);
        model(SITE, yaml);
        processor = start();
        commit();
    }

    private MockProcessorContext<String, Output> context() {
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
        SiteProcessor started = new SiteProcessor(settings, Factors.SHIPPED, parsedSites);
        started.init(context);
        // what the device side says of each site, so that there is one
        names.forEach(site -> started.process(new Record<>(site, word(0, false).toByteArray(), clockMillis)));
        return started;
    }

    /** Another model of a site is in force from now on. */
    void model(String site, String yaml) {
        names.add(site);
        sites.put(site, yaml.getBytes(StandardCharsets.UTF_8));
        parsedSites.changed();
    }

    /** Nobody has a model of the site any more. */
    void withdraw(String site) {
        sites.delete(site);
        parsedSites.changed();
    }

    boolean hasNext() {
        return offset < inputs.size();
    }

    /** What the clock shows when the next record comes. */
    long nextMillis() {
        return Math.max(clockMillis, inputs.get(offset).clockMillis());
    }

    void take() {
        Input input = inputs.get(offset);
        clockMillis = Math.max(clockMillis, input.clockMillis());
        context.setCurrentSystemTimeMs(clockMillis);
        take(input.site(), input.input());
        offset++;
    }

    /** Takes what isn't among the inputs; it doesn't come again after a crash. */
    void take(SiteInput input) {
        take(SITE, input);
    }

    void take(String site, SiteInput input) {
        processor.process(new Record<>(site, input.toByteArray(), clockMillis));
    }

    void publish() {
        call(0);
    }

    /** What a partition of the device side says of itself. */
    SiteInput word(int partition, boolean isCatchingUp) {
        return SiteInput.newBuilder()
                .setLive(LiveShare.newBuilder()
                        .setPartition(partition)
                        .setTimeMs(clockMillis)
                        .setCatchingUp(isCatchingUp))
                .build();
    }

    /** What a partition of the device side says of the present, which has heard these devices. */
    SiteInput live(int partition, String... heard) {
        SiteModels.Version version =
                new SiteModels(sites, new ParsedSites()).version(SITE).orElseThrow();
        BitSet bits = new BitSet();
        for (String device : heard) {
            bits.set(Objects.requireNonNull(version.indexes().get(device)));
        }
        return SiteInput.newBuilder()
                .setLive(LiveShare.newBuilder()
                        .setPartition(partition)
                        .setTimeMs(clockMillis)
                        .setModel(version.fingerprint())
                        .setHeard(ByteString.copyFrom(bits.toByteArray())))
                .build();
    }

    /** What is shown a second later. */
    SiteLive shown() throws IOException {
        pass(Duration.ofSeconds(1));
        call(1);
        return SiteLive.parseFrom(
                ((Output.Live) context.forwarded().getLast().record().value()).value());
    }

    /** Whether anything is shown a second later. */
    boolean isShown() {
        context.resetForwards();
        pass(Duration.ofSeconds(1));
        call(1);
        return !context.forwarded().isEmpty();
    }

    void restateDays() {
        call(2);
    }

    void purge() {
        call(3);
    }

    /** One of the processor's schedules, in the order in which it makes them. */
    private void call(int schedule) {
        context.scheduledPunctuators().get(schedule).getPunctuator().punctuate(clockMillis);
    }

    void commit() throws IOException {
        committed.clear();
        stores.forEach(store -> committed.add(contents(store)));
        committedOffset = offset;
        for (var forward : context.forwarded()) {
            if (forward.record().value() instanceof Output.Kpi kpi) {
                SiteWindow window = SiteWindow.parseFrom(kpi.value());
                said.computeIfAbsent(window.getSite(), _ -> new TreeMap<>())
                        .put(window.getWindow() + "@" + Instant.ofEpochMilli(window.getStartMs()), window);
                if (window.getState() != WindowState.PROVISIONAL) {
                    closed.add(window);
                }
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

    /** The newest statement of each window, of those that are committed. */
    Map<String, SiteWindow> said() {
        return said(SITE);
    }

    Map<String, SiteWindow> said(String site) {
        return said.getOrDefault(site, Map.of());
    }

    /** All that has been said of closed windows, and is committed. */
    List<SiteWindow> closed() {
        return closed;
    }

    void pass(Duration time) {
        clockMillis += time.toMillis();
        context.setCurrentSystemTimeMs(clockMillis);
    }

    void passTo(Instant moment) {
        pass(Duration.ofMillis(moment.toEpochMilli() - clockMillis));
    }

    boolean isRestating() {
        return stores.stream()
                .filter(store -> store.name().equals(Restatements.STORE))
                .anyMatch(store -> !contents(store).isEmpty());
    }
}
