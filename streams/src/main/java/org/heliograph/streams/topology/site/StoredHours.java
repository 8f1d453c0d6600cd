package org.heliograph.streams.topology.site;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.factor.Provenance;
import org.heliograph.streams.indicator.Branch;
import org.heliograph.streams.indicator.Branches;
import org.heliograph.streams.indicator.FactorsUsed;
import org.heliograph.streams.indicator.Sum;
import org.heliograph.streams.indicator.Sums;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.streams.site.BranchShare.Heaviest;
import org.heliograph.streams.topology.state.FactorHistories;
import org.heliograph.streams.topology.state.v1.BranchColumns;
import org.heliograph.streams.topology.state.v1.NumberColumn;
import org.heliograph.streams.topology.state.v1.StoredHour;
import org.heliograph.telemetry.site.FactorChoice;
import org.heliograph.telemetry.site.FactorChoices;

/**
 * Past hours as they are stored, in columns: most numbers are the same in all minutes of an hour, or those of another
 * column (the input that a PUE is computed from is the input), and then take a few bytes.
 */
final class StoredHours {
    private static final int QUARTERS = 4;

    private StoredHours() {}

    static StoredHour encode(PastHour hour) {
        ColumnNames names = new ColumnNames();
        List<WindowContent> minutes = List.copyOf(hour.minutes().values());
        StoredHour.Builder stored = StoredHour.newBuilder()
                .setMinutes(bits(hour.start(), hour.minutes().keySet()))
                .addAllSums(sums(minutes))
                .setFactorAverage(NumberColumns.of(minutes, minute -> names.place(average(minute))))
                .setFactorMarginal(NumberColumns.of(minutes, minute -> names.place(marginal(minute))))
                .setFactorFuel(NumberColumns.of(minutes, minute -> names.place(fuel(minute))));
        branches(hour, names).forEach(stored::addBranches);
        choices(hour.chosen(), stored);
        revisions(hour, stored);
        return stored.addAllNames(names.all()).build();
    }

    static PastHour decode(String site, Instant start, StoredHour stored) {
        ColumnNames names = new ColumnNames(stored.getNamesList());
        NavigableMap<Instant, WindowContent> minutes = new TreeMap<>();
        List<Instant> there = moments(start, stored.getMinutes());
        long[][] sums = sums(stored.getSumsList(), there.size());
        long[] average = NumberColumns.read(stored.getFactorAverage(), there.size());
        long[] marginal = NumberColumns.read(stored.getFactorMarginal(), there.size());
        long[] fuel = NumberColumns.read(stored.getFactorFuel(), there.size());
        Map<Instant, SortedMap<String, Branch>> branches = branches(start, stored.getBranchesList(), names);
        for (int i = 0; i < there.size(); i++) {
            Instant minute = there.get(i);
            FactorsUsed used = new FactorsUsed(
                    Provenance.parse(names.at(average[i])),
                    Provenance.parse(names.at(marginal[i])),
                    Provenance.parse(names.at(fuel[i])));
            SortedMap<String, Branch> ofMinute = branches.getOrDefault(minute, new TreeMap<>());
            minutes.put(minute, new WindowContent(Sums.of(sums[i]), used, new Branches(ofMinute)));
        }
        return new PastHour(site, start, choices(stored, start), minutes, revisions(site, start, there, stored));
    }

    private static FactorChoices choices(StoredHour stored, Instant start) {
        NavigableMap<Instant, FactorChoice> chosen = FactorHistories.decode(stored.getLaterList());
        chosen.put(start, new FactorChoice(stored.getAverageList(), stored.getMarginalList(), stored.getFuelList()));
        return FactorChoices.dated(chosen);
    }

    private static String average(WindowContent minute) {
        return minute.used().average().toString();
    }

    private static String marginal(WindowContent minute) {
        return minute.used().marginal().toString();
    }

    private static String fuel(WindowContent minute) {
        return minute.used().fuel().toString();
    }

    /** Those that aren't 0 in all minutes. */
    private static List<NumberColumn> sums(List<WindowContent> minutes) {
        List<NumberColumn> columns = new ArrayList<>();
        Map<NumberColumn, Integer> places = new HashMap<>();
        for (Sum sum : Sum.values()) {
            NumberColumn numbers =
                    NumberColumns.of(minutes, minute -> minute.sums().get(sum));
            if (numbers.equals(NumberColumn.getDefaultInstance())) {
                continue;
            }
            Integer like = numbers.getAboveCount() == 0 ? null : places.putIfAbsent(numbers, columns.size() + 1);
            NumberColumn.Builder column = like == null
                    ? numbers.toBuilder()
                    : NumberColumn.newBuilder().setLike(like);
            columns.add(column.setPlace(sum.index()).build());
        }
        return columns;
    }

    private static long[][] sums(List<NumberColumn> columns, int minutes) {
        long[][] sums = new long[minutes][Sum.values().length];
        for (NumberColumn column : columns) {
            NumberColumn like = column.getLike() == 0 ? column : columns.get(column.getLike() - 1);
            long[] numbers = NumberColumns.read(like, minutes);
            for (int i = 0; i < minutes; i++) {
                sums[i][column.getPlace()] = numbers[i];
            }
        }
        return sums;
    }

    private static List<BranchColumns> branches(PastHour hour, ColumnNames names) {
        SortedMap<String, NavigableMap<Instant, Branch>> byMeter = new TreeMap<>();
        hour.minutes()
                .forEach((minute, content) -> content.branches()
                        .byMeter()
                        .forEach((meter, branch) -> byMeter.computeIfAbsent(meter, _ -> new TreeMap<>())
                                .put(minute, branch)));
        List<BranchColumns> columns = new ArrayList<>();
        byMeter.forEach((meter, byMinute) -> {
            List<Branch> minutes = List.copyOf(byMinute.values());
            columns.add(BranchColumns.newBuilder()
                    .setDevice(meter)
                    .setMinutes(bits(hour.start(), byMinute.keySet()))
                    .setOwnMj(NumberColumns.of(minutes, Branch::ownMillijoules))
                    .setChildrenMj(NumberColumns.of(minutes, Branch::childrenMillijoules))
                    .setToleranceMj(NumberColumns.of(minutes, Branch::toleranceMillijoules))
                    .setMatchedMinutes(NumberColumns.of(minutes, Branch::matchedMinutes))
                    .setHeaviest(NumberColumns.of(
                            minutes, branch -> names.place(branch.heaviest().device())))
                    .setHeaviestMj(NumberColumns.of(
                            minutes, branch -> branch.heaviest().millijoules()))
                    .build());
        });
        return columns;
    }

    private static Map<Instant, SortedMap<String, Branch>> branches(
            Instant start, List<BranchColumns> stored, ColumnNames names) {
        Map<Instant, SortedMap<String, Branch>> branches = new HashMap<>();
        for (BranchColumns columns : stored) {
            List<Instant> there = moments(start, columns.getMinutes());
            long[] own = NumberColumns.read(columns.getOwnMj(), there.size());
            long[] children = NumberColumns.read(columns.getChildrenMj(), there.size());
            long[] tolerance = NumberColumns.read(columns.getToleranceMj(), there.size());
            long[] matched = NumberColumns.read(columns.getMatchedMinutes(), there.size());
            long[] heaviest = NumberColumns.read(columns.getHeaviest(), there.size());
            long[] heaviestMillijoules = NumberColumns.read(columns.getHeaviestMj(), there.size());
            for (int i = 0; i < there.size(); i++) {
                branches.computeIfAbsent(there.get(i), _ -> new TreeMap<>())
                        .put(
                                columns.getDevice(),
                                new Branch(
                                        own[i],
                                        children[i],
                                        tolerance[i],
                                        (int) matched[i],
                                        new Heaviest(names.at(heaviest[i]), heaviestMillijoules[i])));
            }
        }
        return branches;
    }

    private static void choices(FactorChoices choices, StoredHour.Builder stored) {
        NavigableMap<Instant, FactorChoice> chosen = choices.byStart();
        FactorChoice first = chosen.firstEntry().getValue();
        stored.addAllAverage(first.average()).addAllMarginal(first.marginal()).addAllFuel(first.fuel());
        chosen.tailMap(chosen.firstKey(), false)
                .forEach((from, choice) -> stored.addLater(FactorHistories.encode(from, choice)));
    }

    private static void revisions(PastHour hour, StoredHour.Builder stored) {
        if (hour.revisions().isEmpty()) {
            return;
        }
        stored.setMinuteRevisions(NumberColumns.of(
                List.copyOf(hour.minutes().keySet()),
                minute -> hour.revision(new WindowKey(hour.site(), Window.MINUTE, minute))));
        quarters(hour.site(), hour.start()).forEach(quarter -> stored.addQuarterRevisions(hour.revision(quarter)));
        stored.setHourRevision(hour.revision(new WindowKey(hour.site(), Window.HOUR, hour.start())));
    }

    private static Map<WindowKey, Integer> revisions(
            String site, Instant start, List<Instant> minutes, StoredHour stored) {
        Map<WindowKey, Integer> revisions = new HashMap<>();
        long[] ofMinutes = NumberColumns.read(stored.getMinuteRevisions(), minutes.size());
        for (int i = 0; i < minutes.size(); i++) {
            revisions.put(new WindowKey(site, Window.MINUTE, minutes.get(i)), (int) ofMinutes[i]);
        }
        List<WindowKey> quarters = quarters(site, start);
        for (int i = 0; i < stored.getQuarterRevisionsCount(); i++) {
            revisions.put(quarters.get(i), stored.getQuarterRevisions(i));
        }
        revisions.put(new WindowKey(site, Window.HOUR, start), stored.getHourRevision());
        revisions.values().removeIf(revision -> revision == 0);
        return revisions;
    }

    private static List<WindowKey> quarters(String site, Instant hour) {
        List<WindowKey> quarters = new ArrayList<>();
        for (Instant start = hour; quarters.size() < QUARTERS; start = Window.QUARTER.endOf(start, ZoneOffset.UTC)) {
            quarters.add(new WindowKey(site, Window.QUARTER, start));
        }
        return quarters;
    }

    private static long bits(Instant hour, Iterable<Instant> minutes) {
        long bits = 0;
        for (Instant minute : minutes) {
            bits |= 1L << ((minute.toEpochMilli() - hour.toEpochMilli()) / DeviceMinute.LENGTH_MILLIS);
        }
        return bits;
    }

    private static List<Instant> moments(Instant hour, long bits) {
        List<Instant> minutes = new ArrayList<>();
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            minutes.add(hour.plusMillis(Long.numberOfTrailingZeros(rest) * DeviceMinute.LENGTH_MILLIS));
        }
        return minutes;
    }
}
