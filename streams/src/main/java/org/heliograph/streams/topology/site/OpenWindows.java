package org.heliograph.streams.topology.site;

import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.topology.state.Keys;

/**
 * Which windows are open, or changed and not yet published, by their keys: listed in a store of their own, mirrored in
 * memory. Those that were touched since they were last looked at are known in memory only: a start looks at all.
 */
final class OpenWindows {
    private static final byte[] PRESENT = {1};

    private final KeyValueStore<Bytes, byte[]> store;
    private final NavigableSet<Bytes> open = new TreeSet<>();
    private final Set<Bytes> touched = new TreeSet<>();

    OpenWindows(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
        try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
            all.forEachRemaining(entry -> open.add(entry.key));
        }
    }

    void add(Bytes window) {
        if (open.add(window)) {
            store.put(window, PRESENT);
        }
    }

    void remove(Bytes window) {
        if (open.remove(window)) {
            store.delete(window);
        }
    }

    boolean contains(Bytes window) {
        return open.contains(window);
    }

    int count() {
        return open.size();
    }

    /** It is to be looked at next. */
    void touch(Bytes window) {
        touched.add(window);
    }

    /** It isn't to be looked at again. */
    void rest(Bytes window) {
        touched.remove(window);
    }

    /** All of them, to be looked at. */
    List<Bytes> look() {
        touched.clear();
        return List.copyOf(open);
    }

    /** Those that were touched since, to be looked at. */
    List<Bytes> lookAtTouched() {
        List<Bytes> windows = List.copyOf(touched);
        touched.clear();
        return windows;
    }

    /** A site's. */
    List<Bytes> of(String site) {
        return List.copyOf(open.subSet(Keys.site(site), Keys.afterSite(site)));
    }

    List<Bytes> minutes() {
        return open.stream().filter(key -> Keys.window(key) == Window.MINUTE).toList();
    }
}
