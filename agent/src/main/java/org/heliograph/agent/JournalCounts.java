package org.heliograph.agent;

import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.source.board.Counts;

/** The counts of the board's meters, kept in the journal: a restart goes on from them. */
record JournalCounts(Journal journal) implements Counts {
    @Override
    public long of(String name) {
        return journal.counter(name);
    }

    @Override
    public void keep(String name, long count) {
        journal.keepCounter(name, count);
    }
}
