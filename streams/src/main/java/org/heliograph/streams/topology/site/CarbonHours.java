package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.indicator.Carbon;
import org.heliograph.streams.indicator.Sum;
import org.heliograph.streams.indicator.Sums;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.topology.state.FactorHistories;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.CarbonHour;
import org.heliograph.streams.topology.state.v1.SumColumn;
import org.heliograph.telemetry.site.FactorChoice;
import org.heliograph.telemetry.site.FactorChoices;
import org.heliograph.telemetry.site.SiteModel;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of the minutes that are old: the sums that their CO2 is computed from, and the ids of the factors that the
 * site chose. A record for each hour of a site, written once, when its minutes go.
 */
public final class CarbonHours {
    public static final String STORE = "carbon-hours";

    private final KeyValueStore<Bytes, byte[]> store;

    CarbonHours(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    /**
     * An hour.
     *
     * @param chosen the factors that the site chose for each of its minutes
     * @param minutes by their start; those that were never heard of are missing
     */
    record Hour(FactorChoices chosen, NavigableMap<Instant, Sums> minutes) {}

    /** Keeps what is needed of minutes that are going. */
    void keep(SiteModel site, List<Windows.Kept> minutes) {
        SortedMap<Instant, NavigableMap<Instant, Sums>> hours = new TreeMap<>();
        for (Windows.Kept minute : minutes) {
            if (minute.stored().getSumsCount() <= Sum.IT3_COVER.index()) {
                continue; // of a program that didn't keep what was covered: its day stays as it was priced
            }
            Instant start = minute.key().start();
            hours.computeIfAbsent(Window.HOUR.startOf(start, site.zone()), _ -> new TreeMap<>())
                    .put(start, minute.sums());
        }
        hours.forEach((start, going) -> {
            Bytes key = Keys.siteMinute(site.site(), start.toEpochMilli());
            byte @Nullable [] before = store.get(key);
            NavigableMap<Instant, Sums> all = new TreeMap<>();
            NavigableMap<Instant, FactorChoice> chosen = new TreeMap<>();
            if (before != null) { // a day may begin within an hour: then it goes in two parts
                Hour earlier = hour(key, before);
                all.putAll(earlier.minutes());
                all.keySet()
                        .forEach(minute -> chosen.put(minute, earlier.chosen().at(minute)));
            }
            all.putAll(going);
            going.keySet().forEach(minute -> chosen.put(minute, site.factors().at(minute)));
            byte[] after = encode(start, new Hour(FactorChoices.dated(chosen), all));
            if (!Arrays.equals(before, after)) {
                store.put(key, after);
            }
        });
    }

    /** The hours that have a part in a time, in their order, with those of their minutes that are in it. */
    List<Hour> between(String site, Instant from, Instant to) {
        List<Hour> hours = new ArrayList<>();
        long firstMillis =
                Math.max(0, from.toEpochMilli() - Duration.ofHours(1).toMillis() + DeviceMinute.LENGTH_MILLIS);
        if (to.toEpochMilli() <= firstMillis) {
            return hours;
        }
        try (KeyValueIterator<Bytes, byte[]> kept =
                store.range(Keys.siteMinute(site, firstMillis), Keys.siteMinute(site, to.toEpochMilli() - 1))) {
            kept.forEachRemaining(entry -> {
                Hour hour = hour(entry.key, entry.value);
                hours.add(new Hour(hour.chosen(), hour.minutes().subMap(from, true, to, false)));
            });
        }
        return hours;
    }

    void purge(String site, long beforeMillis) {
        List<Bytes> old = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> hours =
                store.range(Keys.siteMinute(site, 0), Keys.siteMinute(site, beforeMillis - 1))) {
            hours.forEachRemaining(entry -> old.add(entry.key));
        }
        old.forEach(store::delete);
    }

    static byte[] encode(Instant start, Hour hour) {
        NavigableMap<Instant, FactorChoice> chosen = hour.chosen().byStart();
        FactorChoice first = chosen.firstEntry().getValue();
        CarbonHour.Builder stored = CarbonHour.newBuilder()
                .addAllAverage(first.average())
                .addAllMarginal(first.marginal())
                .addAllFuel(first.fuel());
        chosen.tailMap(chosen.firstKey(), false)
                .forEach((from, choice) -> stored.addLater(FactorHistories.encode(from, choice)));
        long there = 0;
        for (Instant minute : hour.minutes().keySet()) {
            there |= 1L << ((minute.toEpochMilli() - start.toEpochMilli()) / DeviceMinute.LENGTH_MILLIS);
        }
        stored.setMinutes(there);
        for (Sum sum : Carbon.FROM) {
            long[] values = hour.minutes().values().stream()
                    .mapToLong(of -> of.get(sum))
                    .toArray();
            long least = Arrays.stream(values).min().orElse(0);
            boolean allAlike = Arrays.stream(values).allMatch(value -> value == least);
            if (allAlike && least == 0) {
                continue;
            }
            SumColumn.Builder column =
                    SumColumn.newBuilder().setSum(sum.index()).setLeast(least);
            if (!allAlike) {
                Arrays.stream(values).forEach(value -> column.addAbove(value - least));
            }
            stored.addColumns(column);
        }
        return stored.build().toByteArray();
    }

    private static Hour hour(Bytes key, byte[] stored) {
        return decode(
                Instant.ofEpochMilli(Keys.minuteMillis(key)),
                StateException.read(STORE, stored, CarbonHour::parseFrom));
    }

    static Hour decode(Instant start, CarbonHour stored) {
        int count = Long.bitCount(stored.getMinutes());
        long[][] sums = new long[count][Sum.values().length];
        for (SumColumn column : stored.getColumnsList()) {
            for (int i = 0; i < count; i++) {
                sums[i][column.getSum()] = column.getLeast() + (column.getAboveCount() > 0 ? column.getAbove(i) : 0);
            }
        }
        NavigableMap<Instant, Sums> minutes = new TreeMap<>();
        long there = stored.getMinutes();
        for (long[] minute : sums) {
            minutes.put(
                    start.plusMillis(Long.numberOfTrailingZeros(there) * DeviceMinute.LENGTH_MILLIS), Sums.of(minute));
            there &= there - 1;
        }
        NavigableMap<Instant, FactorChoice> chosen = FactorHistories.decode(stored.getLaterList());
        chosen.put(start, new FactorChoice(stored.getAverageList(), stored.getMarginalList(), stored.getFuelList()));
        return new Hour(FactorChoices.dated(chosen), minutes);
    }
}
