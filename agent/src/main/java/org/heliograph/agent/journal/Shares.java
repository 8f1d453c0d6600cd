package org.heliograph.agent.journal;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each key holds of the room for readings that don't give way. In a hall, where many speak,
 * the last quarter is for those that have less than a quarter: one that fills the journal leaves it to the others, and four
 * or more that fill it alike use all of it. Guarded by the room.
 */
final class Shares {
    private static final Logger log = LoggerFactory.getLogger(Shares.class);

    /** A key may always have this part of all, and of the last part no more than that. */
    private static final int PART = 4;

    /** No more keys than this can hold such a part. */
    private static final int LARGE_PART = 64;

    /**
     * Up to so many keep nothing for each other. What is beyond a share is lost, and would else have waited at its sender: in a
     * long outage two or three honest meters would lose readings for a reserve that none of them can use. One of the keys may
     * be the agent's own canary.
     */
    static final int SMALL_AGENT_KEYS = 8;

    private final long maxBytes;
    private final Map<String, Long> held = new HashMap<>();
    /** Those that have spoken, until they are many. */
    private final Set<String> speakers = new HashSet<>();

    private final Set<String> greedy = new LinkedHashSet<>();

    /** @param held at the start */
    Shares(long maxBytes, Map<String, Long> held) {
        this.maxBytes = maxBytes;
        this.held.putAll(held);
    }

    /** What is worth being known at the next start: of a hall's thousands, those that hold a good part of a share. */
    Map<String, Long> large() {
        Map<String, Long> large = new HashMap<>(held);
        large.values().removeIf(bytes -> bytes < maxBytes / LARGE_PART);
        return large;
    }

    /** One that there is, whether or not it takes anything of what is shared here. */
    void speaks(String key) {
        if (!isHall()) {
            speakers.add(key);
        }
    }

    private boolean isHall() {
        return speakers.size() > SMALL_AGENT_KEYS;
    }

    /** @param freeBytes what isn't taken yet */
    boolean mayTake(String key, long bytes, long freeBytes) {
        long then = held.getOrDefault(key, 0L) + bytes;
        if (!isHall() || then <= maxBytes / PART || freeBytes - bytes >= maxBytes / PART) {
            return true;
        }
        if (greedy.add(key)) {
            log.warn("journal=share-full key={} bytes={} free={}", key, then - bytes, freeBytes);
        }
        return false;
    }

    void taken(String key, long bytes) {
        held.merge(key, bytes, Long::sum);
    }

    void given(String key, long bytes) {
        held.computeIfPresent(key, (_, before) -> before > bytes ? before - bytes : null);
        if (held.getOrDefault(key, 0L) <= maxBytes / PART) {
            greedy.remove(key);
        }
    }

    /** The first of those that were refused for their share, each until it holds no more than its part. */
    Optional<String> greedy() {
        return greedy.stream().findFirst();
    }
}
