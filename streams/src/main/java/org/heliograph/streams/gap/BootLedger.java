package org.heliograph.streams.gap;

/** What is known of the packs of one device that an agent numbered between one of its starts and the next. */
final class BootLedger {
    /** More gaps than that are not told apart: the oldest are closed, and what comes late into them counts as repeated. */
    static final int MAX_RANGES = 64;

    private final boolean fromStart;
    private final Sequences received;
    private final Sequences reported;
    private final Sequences reports;
    private long duplicates;
    private long unnumbered;
    private long readings;
    private long closedMissing;
    private long closedReported;
    private long heardMillis;

    private BootLedger(boolean fromStart, Sequences received, Sequences reported, Sequences reports) {
        this.fromStart = fromStart;
        this.received = received;
        this.reported = reported;
        this.reports = reports;
    }

    /** @param fromStart whether the pack with number 0 should have come; else the count begins with the first that has */
    static BootLedger begin(boolean fromStart) {
        return new BootLedger(fromStart, Sequences.of(), Sequences.of(), Sequences.of());
    }

    static BootLedger of(DeviceLedger.Boot state) {
        BootLedger ledger = new BootLedger(
                state.fromStart(),
                Sequences.of(state.received()),
                Sequences.of(state.reported()),
                Sequences.of(state.reports()));
        ledger.duplicates = state.duplicates();
        ledger.unnumbered = state.unnumbered();
        ledger.readings = state.readings();
        ledger.closedMissing = state.closedMissing();
        ledger.closedReported = state.closedReported();
        ledger.heardMillis = state.heardMillis();
        return ledger;
    }

    DeviceLedger.Boot state(DeviceLedger.BootId id) {
        return new DeviceLedger.Boot(
                id,
                fromStart,
                received.toArray(),
                reported.toArray(),
                reports.toArray(),
                duplicates,
                unnumbered,
                readings,
                closedMissing,
                closedReported,
                heardMillis);
    }

    long heardMillis() {
        return heardMillis;
    }

    /** Returns whether it is here for the first time. */
    boolean receive(long sequence, long nowMillis) {
        heardMillis = Math.max(heardMillis, nowMillis);
        boolean first = received.add(sequence, sequence + 1) > 0;
        if (!first) {
            duplicates = PackCounts.sum(duplicates, 1);
        }
        closeOldest();
        return first;
    }

    /** Returns whether a report of that number is here for the first time. */
    boolean receiveReport(long number, long nowMillis) {
        heardMillis = Math.max(heardMillis, nowMillis);
        boolean first = reports.add(number, number + 1) > 0;
        while (reports.ranges() > MAX_RANGES) { // their numbers have gaps; what is so old is a repetition
            reports.add(reports.to(0), reports.from(1));
        }
        return first;
    }

    /** @param to exclusive */
    void giveUp(long from, long to) {
        reported.add(from, to);
        closeOldest();
    }

    void lost(long packsUnnumbered, long readingsLost) {
        unnumbered = PackCounts.sum(unnumbered, packsUnnumbered);
        readings = PackCounts.sum(readings, readingsLost);
    }

    private void closeOldest() {
        while (received.ranges() > MAX_RANGES) {
            long from = received.to(0);
            long to = received.from(1);
            long given = reported.countWithin(from, to);
            closedReported = PackCounts.sum(closedReported, given);
            closedMissing = PackCounts.sum(closedMissing, to - from - given);
            received.add(from, to);
        }
        while (reported.ranges() > MAX_RANGES) {
            long from = reported.from(0);
            long to = reported.to(0);
            closedReported = PackCounts.sum(closedReported, to - from - received.countWithin(from, to));
            received.add(from, to);
            reported.removeFirstRange();
        }
    }

    PackCounts counts() {
        long end = Math.max(received.end(), reported.end());
        long start = fromStart ? 0 : first(end);
        long given = reported.countOutside(received);
        long here = received.countWithin(start, end);
        return new PackCounts(
                end - start,
                PackCounts.sum(closedMissing, end - start - here - given),
                PackCounts.sum(closedReported, given),
                duplicates,
                unnumbered,
                readings);
    }

    private long first(long end) {
        long firstReceived = received.isEmpty() ? end : received.from(0);
        long firstReported = reported.isEmpty() ? end : reported.from(0);
        return Math.min(firstReceived, firstReported);
    }
}
