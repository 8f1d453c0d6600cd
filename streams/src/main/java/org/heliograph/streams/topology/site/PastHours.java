package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.topology.state.Deadline;
import org.heliograph.streams.topology.state.KeptSince;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.StoredHour;

/** The past hours of the sites: a record for each, written when its windows go, and again when a factor has changed. */
public final class PastHours {
    public static final String STORE = "past-hours";

    /** More than come in a day, so that there is an end to it. */
    private static final int HOURS_AT_LEAST = 48;

    private final KeyValueStore<Bytes, byte[]> store;
    private final KeptSince since = new KeptSince();
    private final PastChoices choices;

    PastHours(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
        choices = new PastChoices(store);
    }

    /** Which factors the sites chose for them. */
    PastChoices choices() {
        return choices;
    }

    void put(PastHour hour) {
        choices.note(hour);
        since.reach(hour.site(), hour.start().toEpochMilli());
        store.put(
                Keys.siteMinute(hour.site(), hour.start().toEpochMilli()),
                StoredHours.encode(hour).toByteArray());
    }

    /** The hours that have a part in a time, in their order. */
    List<PastHour> between(String site, Instant from, Instant to) {
        // of an hour that may have begun before
        long beforeMillis = Duration.ofHours(1).toMillis() - DeviceMinute.LENGTH_MILLIS;
        Bytes first = Keys.siteMinute(site, Math.max(0, from.toEpochMilli() - beforeMillis));
        Bytes last = Keys.siteMinute(site, Math.max(0, to.toEpochMilli() - 1));
        List<PastHour> hours = new ArrayList<>();
        if (last.compareTo(first) < 0) {
            return hours;
        }
        try (KeyValueIterator<Bytes, byte[]> kept = store.range(first, last)) {
            kept.forEachRemaining(entry -> hours.add(StoredHours.decode(
                    site,
                    Instant.ofEpochMilli(Keys.minuteMillis(entry.key)),
                    StateException.read(STORE, entry.value, StoredHour::parseFrom))));
        }
        return hours;
    }

    /** What is past of a time. */
    WindowContent sum(String site, Instant from, Instant to) {
        return between(site, from, to).stream()
                .map(hour -> hour.sum(from, to))
                .reduce(WindowContent.NONE, WindowContent::plus);
    }

    /** Deletes a site's oldest hours, a day's at least and as many as there is time for: once a year there are a year's. */
    void purge(String site, long beforeMillis, Deadline deadline) {
        long sinceMillis = since.millis(site);
        if (sinceMillis >= beforeMillis) {
            return;
        }
        List<Bytes> old = new ArrayList<>();
        boolean isAll;
        try (KeyValueIterator<Bytes, byte[]> hours =
                store.range(Keys.siteMinute(site, sinceMillis), Keys.siteMinute(site, beforeMillis - 1))) {
            while (hours.hasNext() && (old.size() < HOURS_AT_LEAST || !deadline.isOver())) {
                old.add(hours.next().key);
            }
            isAll = !hours.hasNext();
        }
        old.forEach(store::delete);
        if (isAll) {
            choices.purge(site, beforeMillis);
        }
        since.begin(site, isAll ? beforeMillis : Keys.minuteMillis(old.getLast()) + 1);
    }
}
