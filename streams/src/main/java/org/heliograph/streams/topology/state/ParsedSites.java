package org.heliograph.streams.topology.state;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The site models as they are parsed, once for all tasks of an engine: to parse those of a thousand sites in each of sixteen
 * tasks is most of what such a start does. Beside them, a number that is another one after each change of a model, as to
 * look a model up for each record would be slow.
 */
public final class ParsedSites {
    private final AtomicLong revision = new AtomicLong();
    private final Map<String, Parsed> bySite = new ConcurrentHashMap<>();

    /** One version: the array that it was parsed from tells whether the store has a newer one. */
    @SuppressWarnings("ArrayRecordComponent") // compared by identity, never by content
    private record Parsed(byte[] text, SiteModels.Version version) {}

    /** Something about a model has changed. */
    public void changed() {
        revision.incrementAndGet();
    }

    long revision() {
        return revision.get();
    }

    /** @param text as the store keeps it, which all tasks have in common: its identity is enough, and cheap */
    SiteModels.Version version(String site, byte[] text, Supplier<SiteModels.Version> parsing) {
        return bySite.compute(
                        site,
                        (_, known) -> known != null && known.text() == text ? known : new Parsed(text, parsing.get()))
                .version();
    }
}
