package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.topology.state.Deadline;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.StoredHour;
import org.heliograph.telemetry.site.FactorChoices;

/** The past hours of the sites: a record for each, written when its windows go, and again when a factor has changed. */
public final class PastHours {
    public static final String STORE = "past-hours";

    /** More than come in a day, so that there is an end to it. */
    private static final int HOURS_AT_LEAST = 48;

    private final KeyValueStore<Bytes, byte[]> store;
    /** By site, since when there may be any: to read over all that was ever deleted costs more than what is there. */
    private final Map<String, Long> sinceMillis = new HashMap<>();

    PastHours(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    void put(PastHour hour) {
        sinceMillis.computeIfPresent(
                hour.site(), (_, since) -> Math.min(since, hour.start().toEpochMilli()));
        store.put(
                Keys.siteMinute(hour.site(), hour.start().toEpochMilli()),
                StoredHours.encode(hour).toByteArray());
    }

    /** The hours that have a part in a time, in their order. */
    List<PastHour> between(String site, Instant from, Instant to) {
        return stored(site, from, to).stream()
                .map(entry -> StoredHours.decode(
                        site,
                        Instant.ofEpochMilli(Keys.minuteMillis(entry.key)),
                        StateException.read(STORE, entry.value, StoredHour::parseFrom)))
                .toList();
    }

    private List<KeyValue<Bytes, byte[]>> stored(String site, Instant from, Instant to) {
        List<KeyValue<Bytes, byte[]>> hours = new ArrayList<>();
        Bytes first = firstKey(site, from);
        Bytes last = lastKey(site, to);
        if (last.compareTo(first) < 0) {
            return hours;
        }
        try (KeyValueIterator<Bytes, byte[]> kept = store.range(first, last)) {
            kept.forEachRemaining(hours::add);
        }
        return hours;
    }

    /** Of an hour that may have begun before. */
    private static Bytes firstKey(String site, Instant from) {
        long beforeMillis = Duration.ofHours(1).toMillis() - DeviceMinute.LENGTH_MILLIS;
        return Keys.siteMinute(site, Math.max(0, from.toEpochMilli() - beforeMillis));
    }

    private static Bytes lastKey(String site, Instant to) {
        return Keys.siteMinute(site, Math.max(0, to.toEpochMilli() - 1));
    }

    /** Whether the site chose a factor at any time in those hours: told without taking the hours apart. */
    boolean name(String site, Instant from, Instant to, String factor) {
        return stored(site, from, to).stream()
                .anyMatch(entry -> choices(entry.value).names(factor));
    }

    /**
     * The same by the first and the last of the hours that are kept, where these tell: both chose the same, and so did all
     * between, unless a site chose something for some hours of a day and then what it had before.
     */
    boolean nameByTheirEnds(String site, Instant from, Instant to, String factor) {
        Bytes firstKey = firstKey(site, from);
        Bytes lastKey = lastKey(site, to);
        Optional<FactorChoices> first = choices(store.range(firstKey, lastKey));
        Optional<FactorChoices> last = choices(store.reverseRange(firstKey, lastKey));
        return first.equals(last)
                ? first.filter(chosen -> chosen.names(factor)).isPresent()
                : name(site, from, to, factor);
    }

    /** Those of the first hour. */
    private static Optional<FactorChoices> choices(KeyValueIterator<Bytes, byte[]> hours) {
        try (hours) {
            return hours.hasNext() ? Optional.of(choices(hours.next().value)) : Optional.empty();
        }
    }

    private static FactorChoices choices(byte[] stored) {
        StoredHour hour = StateException.read(STORE, stored, StoredHour::parseFrom);
        return StoredHours.choices(hour, Instant.EPOCH);
    }

    /** Deletes a site's oldest hours, a day's at least and as many as there is time for: once a year there are a year's. */
    void purge(String site, long beforeMillis, Deadline deadline) {
        long since = sinceMillis.getOrDefault(site, 0L);
        if (since >= beforeMillis) {
            return;
        }
        List<Bytes> old = new ArrayList<>();
        boolean isAll;
        try (KeyValueIterator<Bytes, byte[]> hours =
                store.range(Keys.siteMinute(site, since), Keys.siteMinute(site, beforeMillis - 1))) {
            while (hours.hasNext() && (old.size() < HOURS_AT_LEAST || !deadline.isOver())) {
                old.add(hours.next().key);
            }
            isAll = !hours.hasNext();
        }
        old.forEach(store::delete);
        sinceMillis.put(site, isAll ? beforeMillis : Keys.minuteMillis(old.getLast()) + 1);
    }
}
