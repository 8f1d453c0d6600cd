package org.heliograph.streams.topology.state;

import java.util.NavigableSet;
import java.util.TreeMap;

/**
 * Since when a store may have anything, of each name: who looks for the oldest begins there, as to read over all that was
 * ever deleted costs more than what is there. In memory: after a start the first look says it.
 */
public final class KeptSince {
    private final TreeMap<String, Long> sinceMillis = new TreeMap<>();

    /** Of a name that nothing was said of, that is the beginning. */
    public long millis(String name) {
        return sinceMillis.getOrDefault(name, 0L);
    }

    /** The names that anything was said of. */
    public NavigableSet<String> names() {
        return sinceMillis.navigableKeySet();
    }

    /** There is nothing before that. */
    public void begin(String name, long millis) {
        sinceMillis.put(name, millis);
    }

    /**
     * Something of that time is there now, be it ever so old: a local year may begin before 1970, where no range begins.
     *
     * @return whether that is earlier than before
     */
    public boolean reach(String name, long millis) {
        long thereMillis = Math.max(0, millis);
        if (thereMillis >= millis(name)) {
            return false;
        }
        sinceMillis.put(name, thereMillis);
        return true;
    }

    public void forget(String name) {
        sinceMillis.remove(name);
    }
}
