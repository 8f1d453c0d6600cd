package org.heliograph.agent.intake;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.heliograph.agent.intake.time.Restamping;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Shedding.Change;
import org.heliograph.agent.journal.Stored;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.SequenceRange;

/**
 * The packs of a device that an agent has numbered, in the order of the journal, as they are looked at one after the other.
 * The numbers of those that go travel with the next one that stays: so a receiver never sees a gap without its reason, however
 * many there are.
 */
final class DevicePacks {
    /** Readings of the minute before come, too; what comes later than that stays as it is. */
    private static final long OPEN_MINUTES = 1;

    /** Of more that stay in one minute, all do. */
    private static final int OPEN_MAX = 1_000;

    /** A pack tells of no more at once: only a journal whose reports lie apart from its gaps has so many. */
    private static final int TOLD_RANGES_MAX = 64;

    private final NavigableMap<Long, Pack> open = new TreeMap<>();
    private final Map<LastOfMinute.Slot, Latest> latest = new HashMap<>();
    /** Packs that are gone, and no later one has told of them yet. */
    private final Tally gone = new Tally();
    /** Readings that are gone from packs that stay. */
    private final Tally taken = new Tally();

    private final Set<Pack> touched = new LinkedHashSet<>();
    private Map<Point, Double> states = Map.of();
    private String start = "";
    private long minute;
    private long latestMillis;

    /** A pack, on disk and as it is to be. */
    private static final class Pack {
        private final Map<Point, Double> statesBefore;
        private Stored stored;
        private Dispatch dispatch;
        private boolean goes;

        Pack(Stored stored, Dispatch dispatch, Map<Point, Double> statesBefore) {
            this.stored = stored;
            this.dispatch = dispatch;
            this.statesBefore = statesBefore;
        }

        long offset() {
            return stored.offset();
        }

        Change change() {
            if (goes) {
                return new Change.Drop(stored);
            }
            Entry before = stored.entry();
            Entry after = new Entry(
                    before.kind(),
                    before.key(),
                    before.timestampMillis(),
                    before.headers(),
                    PackCodec.encode(dispatch));
            Change change = new Change.Replace(stored, after);
            stored = stored.as(after);
            return change;
        }

        /** False if it is too much. */
        boolean tells(List<Loss> losses) {
            Tally all = new Tally().addAll(dispatch.losses()).addAll(losses);
            if (all.ranges() > TOLD_RANGES_MAX) {
                return false;
            }
            dispatch = with(dispatch.readings(), all.losses());
            return true;
        }

        Dispatch with(Optional<Readings> readings, List<Loss> losses) {
            return new Dispatch(
                    dispatch.device(), dispatch.origin(), readings, dispatch.clock(), losses, dispatch.presence());
        }
    }

    /** The latest sample of a slot. */
    private record Latest(long millis, Pack pack) {}

    /** The next pack: it loses what earlier ones say later of the same minute, and they lose what it does. */
    void thin(Stored stored, Dispatch dispatch) {
        Pack pack = new Pack(stored, dispatch, states);
        if (open.size() >= OPEN_MAX) {
            latest.clear();
            open.clear();
        }
        open.put(pack.offset(), pack);
        tell(pack);
        if (dispatch.readings().isEmpty()) {
            return;
        }
        Readings readings = dispatch.readings().get();
        turnTo(start(stored.entry()), LastOfMinute.minute(readings.latest()), pack);
        Set<Pack> superseded = new LinkedHashSet<>();
        LastOfMinute.of(readings).forEach((slot, millis) -> {
            Latest known = latest.get(slot);
            if (known == null || millis >= known.millis()) {
                latest.put(slot, new Latest(millis, pack));
                if (known != null) {
                    superseded.add(known.pack());
                }
            }
        });
        superseded.forEach(this::thin);
        thin(pack);
        Map<Point, Double> after = LastOfMinute.states(readings);
        if (!after.isEmpty()) {
            states.forEach(after::putIfAbsent);
            states = after;
        }
    }

    /** What is held has the same times after each start of the machine. */
    private static String start(Entry entry) {
        return entry.kind() == Entry.Kind.HELD ? entry.headers().getOrDefault(Restamping.START, "") : "";
    }

    private void turnTo(String startNow, long minuteNow, Pack pack) {
        if (!start.equals(startNow)) {
            latest.clear();
        } else if (minute == minuteNow) {
            return;
        }
        start = startNow;
        minute = minuteNow;
        latest.keySet().removeIf(slot -> Math.abs(slot.minute() - minuteNow) > OPEN_MINUTES);
        long oldest = pack.offset();
        for (Latest of : latest.values()) {
            oldest = Math.min(oldest, of.pack().offset());
        }
        open.headMap(oldest).clear();
    }

    private void thin(Pack pack) {
        pack.dispatch.readings().ifPresent(readings -> {
            Optional<Readings> rest =
                    LastOfMinute.kept(readings, (slot, millis) -> isLatest(pack, slot, millis), pack.statesBefore);
            leave(pack, rest, false, Loss.THINNED);
        });
    }

    private boolean isLatest(Pack pack, LastOfMinute.Slot slot, long millis) {
        Latest known = latest.get(slot);
        return known == null || (known.pack() == pack && known.millis() == millis);
    }

    /**
     * Gives way, as the oldest.
     *
     * @param isOutdated whether a presence that it says is said otherwise by a later one
     */
    void drop(Stored stored, Dispatch dispatch, boolean isOutdated) {
        open.clear();
        Pack pack = new Pack(stored, dispatch, Map.of());
        leave(pack, Optional.empty(), isOutdated, Loss.DROPPED_OLDEST);
        if (!pack.goes) {
            tell(pack);
        }
    }

    /** Stays, behind those that went. */
    void stay(Stored stored, Dispatch dispatch) {
        tell(new Pack(stored, dispatch, Map.of()));
    }

    /** Leaves so much of a pack's readings, and counts the rest. */
    private void leave(Pack pack, Optional<Readings> rest, boolean isOutdated, String reason) {
        Dispatch dispatch = pack.dispatch;
        boolean goes = rest.isEmpty() && (isOutdated || dispatch.presence().isEmpty());
        if (!goes && dispatch.readings().equals(rest)) {
            return;
        }
        touched.add(pack);
        latestMillis = Math.max(latestMillis, pack.stored.entry().timestampMillis());
        Loss loss = loss(pack, rest, goes, reason);
        if (!goes) {
            taken.add(loss);
            pack.dispatch = pack.with(rest, dispatch.losses());
            return;
        }
        pack.goes = true;
        open.remove(pack.offset());
        List<Loss> losses = new ArrayList<>();
        for (Loss told : dispatch.losses()) {
            losses.add(told.reason().equals(Loss.THINNED) && !told.ranges().isEmpty() ? because(reason, told) : told);
        }
        losses.add(loss);
        Map.Entry<Long, Pack> next = open.higherEntry(pack.offset());
        if (next != null && next.getValue().tells(losses)) {
            touched.add(next.getValue());
        } else {
            gone.addAll(losses);
        }
    }

    private static Loss loss(Pack pack, Optional<Readings> rest, boolean goes, String reason) {
        Dispatch dispatch = pack.dispatch;
        Origin origin = dispatch.origin();
        int readings = dispatch.readings().map(Readings::size).orElse(0)
                - rest.map(Readings::size).orElse(0);
        boolean timed = pack.stored.entry().kind() == Entry.Kind.READINGS;
        Optional<Instant> from = dispatch.readings().filter(_ -> timed).map(Readings::earliest);
        Optional<Instant> to = dispatch.readings().filter(_ -> timed).map(Readings::latest);
        return new Loss(
                reason,
                origin.boot(),
                goes ? List.of(new SequenceRange(origin.sequence(), origin.sequence())) : List.of(),
                goes ? 1 : 0,
                readings,
                from,
                to);
    }

    /** What was thinned out goes for the same reason as what was left of it: in one range of numbers with that. */
    private static Loss because(String reason, Loss told) {
        return new Loss(reason, told.boot(), told.ranges(), told.packs(), told.readings(), told.from(), told.to());
    }

    private void tell(Pack pack) {
        if (!gone.isEmpty() && pack.tells(gone.losses())) {
            gone.clear();
            touched.add(pack);
        }
    }

    /** Whether packs are gone that no later one has told of. */
    boolean waitsForNext() {
        return !gone.isEmpty();
    }

    /** What becomes of the entries, since the last time that this was asked. */
    List<Change> changes() {
        List<Change> changes = touched.stream().map(Pack::change).toList();
        touched.clear();
        return changes;
    }

    /** The first pack of which a later one may yet say more, where time has come to a minute; empty when there is none. */
    OptionalLong firstOpen(String startNow, long minuteNow) {
        return start.equals(startNow)
                ? latest.entrySet().stream()
                        .filter(slot -> Math.abs(slot.getKey().minute() - minuteNow) <= OPEN_MINUTES)
                        .mapToLong(slot -> slot.getValue().pack().offset())
                        .min()
                : OptionalLong.empty();
    }

    String start() {
        return start;
    }

    /** The minute of the latest readings, by their own time. */
    long minute() {
        return minute;
    }

    /** What a report has to tell, of a time that is no earlier than {@link #latestMillis}. */
    List<Loss> untold() {
        return new Tally().addAll(taken.losses()).addAll(gone.losses()).losses();
    }

    long latestMillis() {
        return latestMillis;
    }
}
