package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.ChosenTime;
import org.heliograph.streams.topology.state.v1.ChosenTimes;
import org.heliograph.telemetry.site.FactorChoice;
import org.jspecify.annotations.Nullable;

/**
 * Which factors the sites chose for their past hours, from which day to which: a model tells for some weeks what was chosen
 * before. To ask the hours themselves, of each site of another country, would cost nearly as much as to price them. A record
 * before each site's hours, mirrored in memory.
 */
final class PastChoices {
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    private final KeyValueStore<Bytes, byte[]> store;
    /** By site and factor. */
    private final Map<String, Map<String, Days>> chosen = new HashMap<>();

    PastChoices(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    /** The first of the days in which a factor was chosen, to the last: not in each between, maybe. */
    private record Days(long fromMillis, long untilMillis) {
        static Days of(Instant hour) {
            long day = Math.floorDiv(hour.toEpochMilli(), DAY_MILLIS) * DAY_MILLIS;
            return new Days(day, day + DAY_MILLIS);
        }

        Days and(Days other) {
            return new Days(Math.min(fromMillis, other.fromMillis), Math.max(untilMillis, other.untilMillis));
        }
    }

    void note(PastHour hour) {
        Map<String, Days> ofSite = of(hour.site());
        Map<String, Days> before = Map.copyOf(ofSite);
        Days days = Days.of(hour.start());
        for (FactorChoice choice : hour.chosen().byStart().values()) {
            for (List<String> ids : List.of(choice.average(), choice.marginal(), choice.fuel())) {
                ids.forEach(id -> ofSite.merge(id, days, Days::and));
            }
        }
        if (!ofSite.equals(before)) {
            keep(hour.site(), ofSite);
        }
    }

    /** Whether the site may have chosen a factor at some time of its past hours: false only if it never did. */
    boolean mayName(String site, String factor) {
        return of(site).containsKey(factor);
    }

    /** The same of a time. */
    boolean mayName(String site, Instant from, Instant to, String factor) {
        Days days = of(site).get(factor);
        return days != null && days.fromMillis() < to.toEpochMilli() && days.untilMillis() > from.toEpochMilli();
    }

    /** Forgets what was chosen for hours that are deleted. */
    void purge(String site, long beforeMillis) {
        Map<String, Days> ofSite = of(site);
        if (ofSite.values().removeIf(days -> days.untilMillis() <= beforeMillis)) {
            keep(site, ofSite);
        }
    }

    private Map<String, Days> of(String site) {
        return chosen.computeIfAbsent(site, name -> decode(store.get(Keys.site(name))));
    }

    private void keep(String site, Map<String, Days> ofSite) {
        if (ofSite.isEmpty()) {
            store.delete(Keys.site(site));
            return;
        }
        ChosenTimes.Builder times = ChosenTimes.newBuilder();
        ofSite.forEach((id, days) -> times.addTimes(
                ChosenTime.newBuilder().setId(id).setFromMs(days.fromMillis()).setUntilMs(days.untilMillis())));
        store.put(Keys.site(site), times.build().toByteArray());
    }

    private static Map<String, Days> decode(byte @Nullable [] stored) {
        Map<String, Days> ofSite = new HashMap<>();
        if (stored != null) {
            for (ChosenTime time : StateException.read(PastHours.STORE, stored, ChosenTimes::parseFrom)
                    .getTimesList()) {
                ofSite.put(time.getId(), new Days(time.getFromMs(), time.getUntilMs()));
            }
        }
        return ofSite;
    }
}
