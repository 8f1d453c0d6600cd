package org.heliograph.agent.journal;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Makes room among the entries that the pump hasn't got yet, within the transaction that is open: nothing is taken or sent
 * meanwhile. So it doesn't look again at what it has looked at, however much that is.
 */
final class Shedder {
    private static final int PAGE_ENTRIES = 1_000;
    private static final long PAGE_BYTES = 1L << 20;

    /** A report that is longer than this isn't added to. */
    private static final int REPORT_BYTES_MAX = 16 << 10;

    private final Store store;
    private final Shedding shedding;
    private final Runnable answered;
    private final long boot;
    private final long before;
    private Seen seen;
    /** What that is once the transaction is on disk. */
    private Seen next;

    /**
     * What needs no second look.
     *
     * @param thinned nothing up to here can be thinned out any more
     * @param dropped nothing up to here gives way any more, but for the {@code left}
     * @param left entries that yield and stayed all the same: a presence does until a later one is near
     */
    private record Seen(long thinned, long dropped, long left) {}

    /**
     * For one start.
     *
     * @param before the last offset that was used before this start
     * @param thinned up to here everything is thinned out, by the rules in force
     * @param answered is told of each answer of the disk: there are many on the way through a full journal
     */
    Shedder(Store store, Shedding shedding, long boot, long before, long thinned, Runnable answered) {
        this.seen = new Seen(thinned, 0, 0);
        this.next = seen;
        this.boot = boot;
        this.before = before;
        this.store = store;
        this.shedding = shedding;
        this.answered = answered;
    }

    /** What a room holds, as it is counted by these rules. */
    Left left(Room room) {
        return room.left(boot, shedding.rules(), seen.thinned());
    }

    /**
     * What happened.
     *
     * @param gone of the readings, less what the reports of it take
     * @param yielding of {@code gone}, what was of keys that yield
     * @param reports that were added behind the last entry
     */
    record Outcome(Amount gone, Amount yielding, int reports) {
        static final Outcome NOTHING = new Outcome(Amount.NONE, Amount.NONE, 0);
    }

    /**
     * Frees so many bytes, if that much yields.
     *
     * @param after the pump may have sent what is up to here
     * @param nextOffset for the first report
     */
    Outcome shed(long bytes, long after, long nextOffset) throws SQLException {
        Shedding.Round round = shedding.round(boot);
        Amount gone = Amount.NONE;
        next = seen;
        if (shedding.thins()) {
            Walk walk = walk(bytes, Math.max(after, seen.thinned()), (page, _) -> round.thin(page));
            gone = walk.gone();
            // what was thinned out is, but for the minute in which the walk has ended
            OptionalLong open = round.firstOpen();
            next = new Seen(open.isPresent() ? open.getAsLong() - 1 : walk.end(), seen.dropped(), seen.left());
        }
        if (gone.bytes() < bytes) {
            gone = gone.plus(drop(round, bytes - gone.bytes(), after));
        }
        return report(round, gone, after, nextOffset);
    }

    /** What was shed is on disk. */
    void committed() {
        seen = next;
    }

    private Amount drop(Shedding.Round round, long bytes, long after) throws SQLException {
        Walk walk = walk(bytes, Math.max(after, seen.dropped()), round::drop);
        Amount gone = walk.gone();
        long left = seen.left() + walk.left();
        while (gone.bytes() < bytes && left > PAGE_ENTRIES) {
            // by now those that stayed may be near each other
            walk = walk(bytes - gone.bytes(), after, round::drop);
            gone = gone.plus(walk.gone());
            left = walk.gone().bytes() > 0 ? walk.left() : 0;
        }
        next = new Seen(next.thinned(), walk.lastPage(), left);
        return gone;
    }

    private interface Look {
        List<Shedding.Change> at(List<Stored> page, long bytes);
    }

    /**
     * How far it went.
     *
     * @param end up to here
     * @param lastPage its last page is behind it, and where another walk begins: presences at the seam are to meet
     * @param left entries before that page that yield, and stayed
     */
    private record Walk(Amount gone, long end, long lastPage, long left) {}

    private Walk walk(long bytes, long after, Look look) throws SQLException {
        Amount gone = Amount.NONE;
        long lastPage = after;
        long left = 0;
        long leftOfPage = 0;
        long position = after;
        while (gone.bytes() < bytes) {
            List<Stored> page = store.read(position, PAGE_ENTRIES, PAGE_BYTES);
            answered.run();
            if (page.isEmpty()) {
                break;
            }
            left += leftOfPage;
            lastPage = position;
            position = page.getLast().offset();
            List<Stored> yielding = page.stream()
                    .filter(stored -> stored.entry().kind().isReadings()
                            && shedding.yields(stored.entry().key()))
                    .toList();
            Amount ofPage = Amount.NONE;
            for (Shedding.Change change : look.at(yielding, bytes - gone.bytes())) {
                ofPage = ofPage.plus(apply(change));
            }
            gone = gone.plus(ofPage);
            leftOfPage = yielding.size() - ofPage.entries();
        }
        return new Walk(gone, position, lastPage, left);
    }

    private Amount apply(Shedding.Change change) throws SQLException {
        return switch (change) {
            case Shedding.Change.Drop drop -> {
                store.delete(drop.before().offset());
                yield new Amount(1, drop.freedBytes());
            }
            case Shedding.Change.Replace replace -> {
                store.replace(replace.before().offset(), replace.after());
                yield new Amount(0, replace.freedBytes());
            }
        };
    }

    private Outcome report(Shedding.Round round, Amount gone, long after, long nextOffset) throws SQLException {
        Set<String> keys = round.keys();
        Map<String, Stored> open = keys.isEmpty() ? Map.of() : openReports(after);
        Amount taken = Amount.NONE;
        int added = 0;
        for (String key : keys) {
            Optional<Stored> told = Optional.ofNullable(open.get(key));
            List<Entry> reports = round.reports(key, told.map(Stored::entry), nextOffset + added);
            for (Entry report : told.isPresent() ? reports.subList(1, reports.size()) : reports) {
                store.insert(nextOffset + added, report);
                taken = taken.plus(report);
                added++;
            }
            if (told.isPresent()) {
                store.replace(told.get().offset(), reports.getFirst());
                taken = taken.plus(new Amount(
                        0, reports.getFirst().sizeBytes() - told.get().entry().sizeBytes()));
            }
        }
        return new Outcome(gone.minus(taken), gone, added);
    }

    /** Those that can be added to. Whether those of earlier starts were sent isn't known: a second sending is ignored. */
    private Map<String, Stored> openReports(long after) throws SQLException {
        Map<String, Stored> open = new HashMap<>();
        for (Stored report : store.reports(Math.max(after, before))) {
            if (report.entry().value().length <= REPORT_BYTES_MAX) {
                open.put(report.entry().key(), report);
            }
        }
        return open;
    }
}
