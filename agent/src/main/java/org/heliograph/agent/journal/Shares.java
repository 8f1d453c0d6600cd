package org.heliograph.agent.journal;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each key has been given of the room for readings that don't give way, since the start. Where several speak none of
 * them may have more than its part and more than is still free: one that fills the journal leaves half of it to the others,
 * and keys that fill it together use all of it. Guarded by the room.
 */
final class Shares {
    private static final Logger log = LoggerFactory.getLogger(Shares.class);

    /** A key may always have this part of all. */
    private static final int PART = 4;

    private final long maxBytes;
    private final Map<String, Long> held = new HashMap<>();
    private String first = "";
    private boolean several;
    private Optional<String> greedy = Optional.empty();

    Shares(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** One that there is, whether or not it takes anything of what is shared here. */
    void speaks(String key) {
        first = first.isEmpty() ? key : first;
        several |= !key.equals(first);
    }

    /** @param freeBytes what isn't taken yet */
    boolean mayTake(String key, long bytes, long freeBytes) {
        long then = held.getOrDefault(key, 0L) + bytes;
        if (!several || then <= maxBytes / PART || then <= freeBytes - bytes) {
            return true;
        }
        if (!greedy.equals(Optional.of(key))) {
            log.warn("journal=share-full key={} bytes={} free={}", key, then - bytes, freeBytes);
        }
        greedy = Optional.of(key);
        return false;
    }

    void taken(String key, long bytes) {
        held.merge(key, bytes, Long::sum);
    }

    void given(String key, long bytes) {
        held.computeIfPresent(key, (_, before) -> before > bytes ? before - bytes : null);
        greedy = greedy.filter(one -> !one.equals(key));
    }

    /** The latest that was refused for its share, until something of it was delivered. */
    Optional<String> greedy() {
        return greedy;
    }
}
