package org.heliograph.streams.topology;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/** The global store of site models, in memory. */
public final class SiteTexts implements ReadOnlyKeyValueStore<String, byte[]> {
    private final Map<String, byte[]> texts = new HashMap<>();

    public void put(String site, String yaml) {
        texts.put(site, yaml.getBytes(StandardCharsets.UTF_8));
    }

    public void remove(String site) {
        texts.remove(site);
    }

    @Override
    public byte @Nullable [] get(String site) {
        return texts.get(site);
    }

    @Override
    public KeyValueIterator<String, byte[]> range(String from, String to) {
        throw new UnsupportedOperationException("who asks for a model knows its site");
    }

    @Override
    public KeyValueIterator<String, byte[]> all() {
        throw new UnsupportedOperationException("who asks for a model knows its site");
    }

    @Override
    public long approximateNumEntries() {
        return texts.size();
    }
}
