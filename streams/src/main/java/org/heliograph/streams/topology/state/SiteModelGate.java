package org.heliograph.streams.topology.state;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.telemetry.site.FactorChoices;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.heliograph.telemetry.yaml.Flaw;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the models of {@code hg.sites} in to the global store: of each site the newest that can be used, and why a newer one
 * can't. At a start the whole topic comes by again, in its order, so an engine that starts goes on with the same model as
 * one that runs; the topic keeps what a newer record replaces for long enough (ADR 50).
 */
public final class SiteModelGate extends ContextualProcessor<String, byte[], Void, Void> {
    private static final Logger log = LoggerFactory.getLogger(SiteModelGate.class);

    private static final int LONGEST_REASON = 200;

    private final ParsedSites parsed;

    /** @param parsed told of each record */
    public SiteModelGate(ParsedSites parsed) {
        this.parsed = parsed;
    }

    @Override
    public void process(Record<String, byte[]> model) {
        String site = model.key();
        if (site == null) {
            log.error("site-model=refused faults=\"the record has no key\"");
            return;
        }
        KeyValueStore<String, byte[]> store = context().getStateStore(SiteModels.STORE);
        try {
            if (model.value() == null) {
                FactorHistories.delete(site, store);
            } else {
                FactorChoices chosen = SiteFile.published(site, model.value()).factors();
                Instant published = Instant.ofEpochMilli(model.timestamp());
                // before the model: who sees that sees these
                FactorHistories.put(
                        site,
                        FactorHistories.of(site, store)
                                .map(before -> chosen.succeeding(before, published))
                                .orElse(chosen),
                        store);
            }
            store.put(site, model.value());
            store.delete(SiteModels.refusalKey(site));
        } catch (ConfigurationException e) {
            log.error(
                    "site-model=refused site={} goes-on-with={} faults=\"{}\"",
                    site,
                    store.get(site) == null ? "none" : "the-one-before",
                    e.getMessage());
            store.put(SiteModels.refusalKey(site), shortly(e.flaws()).getBytes(StandardCharsets.UTF_8));
        }
        parsed.changed();
    }

    /** It is said again every second: the log has all of it. */
    private static String shortly(List<Flaw> flaws) {
        String first = flaws.getFirst().toString();
        String more = flaws.size() > 1 ? " (and " + (flaws.size() - 1) + " more)" : "";
        return first.substring(0, Math.min(first.length(), LONGEST_REASON)) + more;
    }
}
