package org.heliograph.streams.topology.state;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.heliograph.streams.site.DeviceSet;
import org.heliograph.streams.site.MeterTree;
import org.heliograph.streams.site.SiteMinute;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.FactorChoices;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.site.Sun;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.jspecify.annotations.Nullable;

/** The site models that {@link SiteModelGate} has let in. */
public final class SiteModels {
    public static final String STORE = "sites";

    /** No site is called that. */
    private static final String REFUSED = "refused/";

    private final ReadOnlyKeyValueStore<String, byte[]> store;
    private final ParsedSites parsed;
    private long parsedRevision = -1;
    private final Map<String, Optional<Version>> current = new HashMap<>();

    /** @param parsed in common with all that read the same store */
    public SiteModels(ReadOnlyKeyValueStore<String, byte[]> store, ParsedSites parsed) {
        this.store = store;
        this.parsed = parsed;
    }

    /**
     * A site's current model.
     *
     * @param fingerprint differs between versions
     * @param indexes the place of each device id among the model's ids
     * @param expected the devices of each role, by the moment from which it is so
     * @param trees the meters that have others below them, by the moment from which it is so
     */
    public record Version(
            SiteModel model,
            int fingerprint,
            Map<String, Integer> indexes,
            NavigableMap<Instant, Map<Role, DeviceSet>> expected,
            NavigableMap<Instant, MeterTree> trees) {

        public Map<Role, DeviceSet> expectedAt(Instant moment) {
            var entry = expected.floorEntry(moment);
            return entry == null ? Map.of() : entry.getValue();
        }

        public MeterTree treeAt(Instant moment) {
            var entry = trees.floorEntry(moment);
            return entry == null ? MeterTree.NONE : entry.getValue();
        }

        /** Whether the sun is down over the site all of a minute. */
        public boolean isDark(Instant minute) {
            return Sun.isDown(model.location(), minute, minute.plus(Duration.ofMinutes(1)));
        }
    }

    public Optional<SiteModel> model(String site) {
        return version(site).map(Version::model);
    }

    /** Why the newest model of a site can't be used, when it can't; the one before it is in force. */
    public Optional<String> refusal(String site) {
        return Optional.ofNullable(store.get(refusalKey(site))).map(SiteModels::text);
    }

    static String refusalKey(String site) {
        return REFUSED + site;
    }

    public Optional<Version> version(String site) {
        long now = parsed.revision();
        if (now != parsedRevision) {
            parsedRevision = now;
            current.clear();
        }
        Optional<Version> known = current.get(site);
        if (known == null) {
            known = lookedUp(site);
            if (known.isPresent()) {
                current.put(site, known);
            }
        }
        return known;
    }

    private Optional<Version> lookedUp(String site) {
        byte @Nullable [] text = store.get(site);
        if (text == null) {
            return Optional.empty();
        }
        return Optional.of(parsed.version(site, text, () -> parse(site, text, FactorHistories.of(site, store))));
    }

    private static Version parse(String site, byte[] text, Optional<FactorChoices> chosen) {
        try {
            SiteModel published = SiteFile.published(site, text);
            SiteModel model = chosen.map(published::withFactors).orElse(published);
            Map<String, Integer> indexes = new HashMap<>();
            model.devices().forEach(device -> indexes.putIfAbsent(device.id(), indexes.size()));
            return new Version(model, text(text).hashCode(), indexes, expected(model), trees(model));
        } catch (ConfigurationException e) {
            throw new StateException(STORE, e);
        }
    }

    private static String text(byte[] stored) {
        return new String(stored, StandardCharsets.UTF_8);
    }

    private static NavigableMap<Instant, MeterTree> trees(SiteModel model) {
        NavigableMap<Instant, MeterTree> trees = new TreeMap<>();
        for (Device device : model.devices()) {
            trees.computeIfAbsent(device.validFrom(), from -> MeterTree.at(model, from));
            trees.computeIfAbsent(device.validTo(), to -> MeterTree.at(model, to));
        }
        return trees;
    }

    private static NavigableMap<Instant, Map<Role, DeviceSet>> expected(SiteModel model) {
        NavigableMap<Instant, Map<Role, DeviceSet>> expected = new TreeMap<>();
        for (Device device : model.devices()) {
            expected.computeIfAbsent(device.validFrom(), from -> SiteMinute.expected(model, from));
            expected.computeIfAbsent(device.validTo(), to -> SiteMinute.expected(model, to));
        }
        return expected;
    }
}
