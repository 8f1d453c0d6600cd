package org.heliograph.agent.journal;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Counts by name, as the store had them at the start and as they were kept since. */
final class Counters {
    /** How often the journal's file was damaged, as long as the number itself wasn't lost with it. */
    static final String DAMAGED = "journal/damaged";

    private final Map<String, Long> counts = new ConcurrentHashMap<>();

    /** @param state the store's numbers, of which the counts are some */
    Counters(Map<String, Long> state) {
        state.forEach((name, value) -> {
            if (name.startsWith(Store.COUNTER)) {
                counts.put(name.substring(Store.COUNTER.length()), value);
            }
        });
    }

    /** What the store calls the count of that name. */
    static String stored(String name) {
        return Store.COUNTER + name;
    }

    long of(String name) {
        return counts.getOrDefault(name, 0L);
    }

    Set<String> names(String prefix) {
        return counts.keySet().stream().filter(name -> name.startsWith(prefix)).collect(Collectors.toSet());
    }

    /** One that is 0 is forgotten. */
    void set(String name, long value) {
        if (value == 0) {
            counts.remove(name);
        } else {
            counts.put(name, value);
        }
    }
}
