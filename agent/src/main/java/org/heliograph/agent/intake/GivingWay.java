package org.heliograph.agent.intake;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Shedding;
import org.heliograph.agent.journal.Stored;
import org.heliograph.agent.journal.Survey;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.SequenceRange;

/**
 * What gives way when the journal is full, by the configuration. Thinned out is first; what is still too much goes from the
 * oldest on. What a pack says of losses goes on in the report that counts it; a presence stays until a later one is near, so
 * that nothing that comes without end stays without end. Everything that goes is counted in a report of its device.
 */
public final class GivingWay implements Shedding {
    private final DeviceId agent;
    private final Predicate<String> yields;
    private final Predicate<String> thins;
    private final boolean anyThins;
    private final long rules;

    /** By the names of devices, of which none is thinned out: the oldest give way at once. */
    public GivingWay(DeviceId agent, Predicate<String> yields, long rules) {
        this(agent, yields, _ -> false, false, rules);
    }

    /**
     * By the names of devices.
     *
     * @param agent as a device of its site
     * @param yields whose oldest readings may give way
     * @param thins of those, whose readings are thinned out first
     * @param rules the number of these two
     */
    public GivingWay(DeviceId agent, Predicate<String> yields, Predicate<String> thins, long rules) {
        this(agent, yields, thins, true, rules);
    }

    private GivingWay(DeviceId agent, Predicate<String> yields, Predicate<String> thins, boolean anyThins, long rules) {
        this.anyThins = anyThins;
        this.rules = rules;
        this.agent = agent;
        this.yields = yields;
        this.thins = thins;
    }

    @Override
    public boolean yields(String key) {
        return yields.test(device(key));
    }

    @Override
    public boolean thins() {
        return anyThins;
    }

    @Override
    public long rules() {
        return rules;
    }

    @Override
    public Round round(long boot) {
        return new Losing(boot);
    }

    @Override
    public Survey survey(long boot, long nowMillis) {
        return new DamageSurvey(agent, boot, nowMillis);
    }

    private static String device(String key) {
        return key.substring(key.indexOf('/') + 1);
    }

    private final class Losing implements Round {
        private final long boot;
        private final Map<String, Tally> tallies = new HashMap<>();
        private final Map<String, Stored> previous = new HashMap<>();
        /** What the states were before that. */
        private final Map<String, Map<Point, Double>> statesBefore = new HashMap<>();

        private final Map<String, Long> latestMillis = new HashMap<>();

        Losing(long boot) {
            this.boot = boot;
        }

        @Override
        public List<Change> thin(List<Stored> page) {
            List<Change> changes = new ArrayList<>();
            for (Stored stored : page) {
                if (thins.test(device(stored.entry().key()))) {
                    thin(stored, changes);
                }
            }
            return changes;
        }

        /** Of two packs in a row the earlier one loses what the later one says of the same minute, or the other way round. */
        private void thin(Stored stored, List<Change> changes) {
            Optional<Readings> readings = dispatch(stored).flatMap(Dispatch::readings);
            if (readings.isEmpty()) {
                return;
            }
            Map<LastOfMinute.Slot, Long> latest = LastOfMinute.of(readings.get());
            String key = stored.entry().key();
            Stored before = previous.get(key);
            Map<Point, Double> states = Map.of();
            if (before != null) {
                Readings earlier = dispatch(before).flatMap(Dispatch::readings).orElseThrow();
                Map<LastOfMinute.Slot, Long> both = new HashMap<>(latest);
                LastOfMinute.of(earlier).forEach((slot, millis) -> both.merge(slot, millis, Math::max));
                Map<Point, Double> first = statesBefore.getOrDefault(key, Map.of());
                leave(before, LastOfMinute.kept(earlier, latest, first), Loss.THINNED, changes);
                states = LastOfMinute.states(earlier, first);
                latest = both;
            }
            Optional<Stored> left =
                    leave(stored, LastOfMinute.kept(readings.get(), latest, states), Loss.THINNED, changes);
            if (left.flatMap(this::dispatch).flatMap(Dispatch::readings).isPresent()) {
                previous.put(key, left.get());
                statesBefore.put(key, states);
            }
        }

        @Override
        public List<Change> drop(List<Stored> page, long bytes) {
            List<Change> changes = new ArrayList<>();
            Map<String, Long> present = new HashMap<>();
            for (Stored stored : page) {
                dispatch(stored)
                        .flatMap(Dispatch::presence)
                        .ifPresent(_ -> present.put(stored.entry().key(), stored.offset()));
            }
            long freed = 0;
            for (Stored stored : page) {
                if (freed >= bytes) {
                    break;
                }
                int before = changes.size();
                boolean isOutdated = present.getOrDefault(stored.entry().key(), 0L) > stored.offset();
                leave(stored, Optional.empty(), isOutdated, Loss.DROPPED_OLDEST, changes);
                freed += changes.subList(before, changes.size()).stream()
                        .mapToLong(Change::freedBytes)
                        .sum();
            }
            return changes;
        }

        private Optional<Stored> leave(Stored stored, Optional<Readings> rest, String reason, List<Change> changes) {
            return leave(stored, rest, false, reason, changes);
        }

        /**
         * Leaves so much of an entry's readings, and counts the rest; what is left of the entry, if it is.
         *
         * @param isOutdated whether a presence that it says is said otherwise by a later one
         */
        private Optional<Stored> leave(
                Stored stored, Optional<Readings> rest, boolean isOutdated, String reason, List<Change> changes) {
            Dispatch dispatch = dispatch(stored).orElse(null);
            if (dispatch == null) {
                return Optional.of(stored);
            }
            Entry entry = stored.entry();
            boolean goes = rest.isEmpty() && (isOutdated || dispatch.presence().isEmpty());
            if (!goes && dispatch.readings().equals(rest)) {
                return Optional.of(stored);
            }
            count(entry, dispatch, rest, goes, reason);
            if (goes) {
                changes.add(new Change.Drop(stored));
                return Optional.empty();
            }
            Dispatch left = new Dispatch(
                    dispatch.device(),
                    dispatch.origin(),
                    rest,
                    dispatch.clock(),
                    dispatch.losses(),
                    dispatch.presence());
            Entry after = new Entry(
                    entry.kind(), entry.key(), entry.timestampMillis(), entry.headers(), PackCodec.encode(left));
            changes.add(new Change.Replace(stored, after));
            return Optional.of(new Stored(stored.offset(), after));
        }

        private void count(Entry entry, Dispatch dispatch, Optional<Readings> rest, boolean goes, String reason) {
            Origin origin = dispatch.origin();
            int readings = dispatch.readings().map(Readings::size).orElse(0)
                    - rest.map(Readings::size).orElse(0);
            boolean timed = entry.kind() == Entry.Kind.READINGS;
            Optional<Instant> from = dispatch.readings().filter(_ -> timed).map(Readings::earliest);
            Optional<Instant> to = dispatch.readings().filter(_ -> timed).map(Readings::latest);
            tallies.computeIfAbsent(entry.key(), _ -> new Tally())
                    .addAll(goes ? dispatch.losses() : List.of())
                    .add(new Loss(
                            reason,
                            origin.boot(),
                            goes ? List.of(new SequenceRange(origin.sequence(), origin.sequence())) : List.of(),
                            goes ? 1 : 0,
                            readings,
                            from,
                            to));
            latestMillis.merge(entry.key(), entry.timestampMillis(), Math::max);
        }

        @Override
        public Set<String> keys() {
            return Set.copyOf(tallies.keySet());
        }

        @Override
        public Entry report(String key, Optional<Entry> earlier, long offset) {
            Tally tally = tallies.getOrDefault(key, new Tally());
            Optional<Dispatch> before = earlier.flatMap(GivingWay::dispatch);
            Tally sum = new Tally();
            before.ifPresent(dispatch -> sum.addAll(dispatch.losses()));
            sum.addAll(tally.losses());
            Origin origin = before.map(Dispatch::origin).orElse(Origin.ofReport(agent.device(), boot, offset));
            long millis = Math.max(
                    latestMillis.getOrDefault(key, 0L),
                    earlier.map(Entry::timestampMillis).orElse(0L));
            return Entry.report(key, millis, PackCodec.encode(Dispatch.of(DeviceId.ofKey(key), origin, sum.losses())));
        }

        private Optional<Dispatch> dispatch(Stored stored) {
            return GivingWay.dispatch(stored.entry());
        }
    }

    /** Of what is no pack nothing could be counted: it stays. */
    private static Optional<Dispatch> dispatch(Entry entry) {
        return PackCodec.read(entry.value());
    }
}
