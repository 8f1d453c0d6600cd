package org.heliograph.streams.topology;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Branched;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.topology.device.DeviceBook;
import org.heliograph.streams.topology.device.DeviceProcessor;
import org.heliograph.streams.topology.device.DirtyMinutes;
import org.heliograph.streams.topology.device.GapBook;
import org.heliograph.streams.topology.device.Irregularities;
import org.heliograph.streams.topology.device.LongSilences;
import org.heliograph.streams.topology.device.SiteEnergies;
import org.heliograph.streams.topology.device.Standstills;
import org.heliograph.streams.topology.samples.SampleStore;
import org.heliograph.streams.topology.site.AlertBook;
import org.heliograph.streams.topology.site.PastHours;
import org.heliograph.streams.topology.site.Restatements;
import org.heliograph.streams.topology.site.SiteProcessor;
import org.heliograph.streams.topology.site.WindowStore;
import org.heliograph.streams.topology.state.CommitStore;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.FactorGate;
import org.heliograph.streams.topology.state.FactorStore;
import org.heliograph.streams.topology.state.Output;
import org.heliograph.streams.topology.state.ParsedSites;
import org.heliograph.streams.topology.state.SiteModelGate;
import org.heliograph.streams.topology.state.SiteModels;

/**
 * The topology: {@code hg.telemetry} -> device side -> shares by site -> site side -> {@code hg.kpi}, {@code hg.live},
 * {@code hg.alerts}; and {@code hg.factors} -> gate -> all of the site side.
 */
public final class Engine {
    private static final Serde<String> NAME = Serdes.String();
    private static final Serde<byte[]> VALUE = Serdes.ByteArray();
    /** Written only: what comes back is read as bytes. */
    private static final Serde<Output> OUTPUT = Serdes.serdeFrom((_, output) -> output.value(), (_, _) -> {
        throw new UnsupportedOperationException("what is forwarded is read as bytes");
    });

    private static final String SHARES = "shares";
    /** With the application before it, the name of the internal topic between the device side and the site side. */
    static final String SHARES_SUFFIX = "-" + SHARES + "-repartition";

    private static final String FACTOR_NEWS = "factor-news";
    /** The same, of the topic between the gate of factors and the site side. */
    static final String FACTOR_NEWS_SUFFIX = "-" + FACTOR_NEWS + "-repartition";

    /** The stores that have a topic of changes, by their names. */
    private static final List<String> STORES = List.of(
            SampleStore.STORE,
            SiteEnergies.STORE,
            DirtyMinutes.STORE,
            Irregularities.STORE,
            DeviceBook.STORE,
            GapBook.STORE,
            LongSilences.STORE,
            Standstills.STORE,
            SiteProcessor.SHARES,
            WindowStore.STORE,
            WindowStore.OPEN_STORE,
            PastHours.STORE,
            FactorStore.STORE,
            Restatements.STORE,
            AlertBook.STORE);

    private Engine() {}

    /**
     * The topics that Kafka Streams makes for an application's engine. Their whole names: another application's may begin
     * with this one's.
     */
    static Set<String> internalTopics(String application) {
        Set<String> topics = new TreeSet<>(Set.of(application + SHARES_SUFFIX, application + FACTOR_NEWS_SUFFIX));
        STORES.forEach(store -> topics.add(changelog(application, store)));
        return topics;
    }

    /** The topic of a store's changes. */
    static String changelog(String application, String store) {
        return application + "-" + store + "-changelog";
    }

    public static Topology topology(EngineSettings settings, Factors factors) {
        StreamsBuilder builder = new StreamsBuilder();
        ParsedSites parsedSites = new ParsedSites();
        builder.addGlobalStore(
                Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(SiteModels.STORE), NAME, VALUE)
                        .withLoggingDisabled(),
                settings.topics().sites(),
                Consumed.with(NAME, VALUE).withName("sites"),
                () -> new SiteModelGate(parsedSites));

        KStream<String, Output> devices = builder.stream(
                        settings.inputs().telemetry(),
                        Consumed.with(NAME, VALUE).withName("telemetry"))
                .process(new DeviceSide(settings, parsedSites), Named.as("device-side"));
        Map<String, KStream<String, Output>> fromDevices = devices.split(Named.as("from-devices-"))
                .branch((_, output) -> output instanceof Output.Energy, Branched.as("energy"))
                .branch((_, output) -> output instanceof Output.ToSite, Branched.as("shares"))
                .branch((_, output) -> output instanceof Output.Rejected, Branched.as("rejects"))
                .noDefaultBranch();
        send(branch(fromDevices, "from-devices-energy"), settings.topics().energy(), "energy");
        send(branch(fromDevices, "from-devices-rejects"), settings.topics().rejects(), "rejects");

        KStream<String, Output> sites = branch(fromDevices, "from-devices-shares")
                .mapValues(Output::value, Named.as("share-bytes"))
                .repartition(Repartitioned.with(NAME, VALUE)
                        .withName(SHARES)
                        .withNumberOfPartitions(settings.sitePartitions()))
                .merge(factorNews(builder, settings), Named.as("site-inputs"))
                .process(new SiteSide(settings, factors, parsedSites), Named.as("site-side"));
        Map<String, KStream<String, Output>> fromSites = sites.split(Named.as("from-sites-"))
                .branch((_, output) -> output instanceof Output.Kpi, Branched.as("kpi"))
                .branch((_, output) -> output instanceof Output.Live, Branched.as("live"))
                .branch((_, output) -> output instanceof Output.Alerted, Branched.as("alerts"))
                .noDefaultBranch();
        send(branch(fromSites, "from-sites-kpi"), settings.topics().kpi(), "kpi");
        send(branch(fromSites, "from-sites-live"), settings.topics().live(), "live");
        send(branch(fromSites, "from-sites-alerts"), settings.topics().alerts(), "alerts");
        return builder.build();
    }

    /** What {@code hg.factors} says, to every partition of the site side: each keeps its own, and restates its own. */
    private static KStream<String, byte[]> factorNews(StreamsBuilder builder, EngineSettings settings) {
        Map<String, KStream<String, Output>> fromGate = builder.stream(
                        settings.inputs().factors(), Consumed.with(NAME, VALUE).withName("factors"))
                .process(FactorGate::new, Named.as("factor-gate"))
                .split(Named.as("from-factors-"))
                .branch((_, output) -> output instanceof Output.ToSite, Branched.as("news"))
                .branch((_, output) -> output instanceof Output.Rejected, Branched.as("rejects"))
                .noDefaultBranch();
        send(branch(fromGate, "from-factors-rejects"), settings.topics().rejects(), "factor-rejects");
        return branch(fromGate, "from-factors-news")
                .mapValues(Output::value, Named.as("factor-news-bytes"))
                .repartition(Repartitioned.with(NAME, VALUE)
                        .withName(FACTOR_NEWS)
                        .withNumberOfPartitions(settings.sitePartitions())
                        .withStreamPartitioner((_, _, _, partitions) -> Optional.of(
                                IntStream.range(0, partitions).boxed().collect(Collectors.toUnmodifiableSet()))));
    }

    private static KStream<String, Output> branch(Map<String, KStream<String, Output>> branches, String name) {
        KStream<String, Output> branch = branches.get(name);
        if (branch == null) {
            throw new IllegalArgumentException("no branch '" + name + "' among " + branches.keySet());
        }
        return branch;
    }

    private static void send(KStream<String, Output> outputs, String topic, String name) {
        outputs.to(topic, Produced.with(NAME, OUTPUT).withName(name + "-out"));
    }

    private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name) {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.Bytes(), VALUE)
                .withCachingEnabled();
    }

    private static StoreBuilder<KeyValueStore<String, byte[]>> byName(String name) {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), NAME, VALUE);
    }

    private static StoreBuilder<KeyValueStore<Bytes, byte[]>> uncached(String name) {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.Bytes(), VALUE);
    }

    /**
     * Makes device processors, with the stores that they share. What these write before a commit must not wait in a cache
     * that was told of the commit before them.
     */
    private record DeviceSide(EngineSettings settings, ParsedSites parsedSites)
            implements ProcessorSupplier<String, byte[], String, Output> {
        @Override
        public Processor<String, byte[], String, Output> get() {
            return new DeviceProcessor(settings, parsedSites);
        }

        @Override
        public Set<StoreBuilder<?>> stores() {
            return Set.of(
                    new CommitStore.Builder(uncached(SampleStore.STORE)),
                    uncached(SiteEnergies.STORE),
                    byName(DirtyMinutes.STORE),
                    byName(Irregularities.STORE).withCachingEnabled(),
                    byName(DeviceBook.STORE),
                    byName(GapBook.STORE),
                    byName(LongSilences.STORE).withCachingEnabled(),
                    byName(Standstills.STORE).withCachingEnabled());
        }
    }

    /** Makes site processors, with the stores that they share. */
    private record SiteSide(EngineSettings settings, Factors factors, ParsedSites parsedSites)
            implements ProcessorSupplier<String, byte[], String, Output> {
        @Override
        public Processor<String, byte[], String, Output> get() {
            return new SiteProcessor(settings, factors, parsedSites);
        }

        @Override
        public Set<StoreBuilder<?>> stores() {
            return Set.of(
                    store(SiteProcessor.SHARES),
                    store(WindowStore.STORE),
                    store(WindowStore.OPEN_STORE),
                    store(PastHours.STORE),
                    store(FactorStore.STORE),
                    store(Restatements.STORE),
                    store(AlertBook.STORE));
        }
    }
}
