package org.heliograph.agent.uplink;

import java.util.List;
import java.util.Optional;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.journal.JournalException;
import org.heliograph.agent.journal.Stored;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the journal for the pump, and knows whether it can be read. Of the pump's thread; anybody may ask. */
final class Reader {
    private static final Logger log = LoggerFactory.getLogger(Reader.class);

    /** A journal that can't be read is tried so often, for one or two minutes: then only opening it anew may help. */
    static final int READS_MAX = 28;

    private final Journal journal;
    private final int entriesMax;
    private int failures;
    private volatile Optional<String> failure = Optional.empty();

    Reader(Journal journal, int entriesMax) {
        this.journal = journal;
        this.entriesMax = entriesMax;
    }

    /** Why it can't be read; empty when it can. */
    Optional<String> failure() {
        return failure;
    }

    /** What is behind a position; empty when it can't be read now. */
    Optional<List<Stored>> read(long position) {
        List<Stored> entries;
        try {
            entries = journal.read(position, entriesMax);
        } catch (JournalException e) {
            failed(e);
            return Optional.empty();
        }
        if (failure.isPresent()) {
            failure = Optional.empty();
            failures = 0;
            log.info("pump=reading");
        }
        return Optional.of(entries);
    }

    private void failed(JournalException e) {
        if (failure.isEmpty()) {
            log.error("pump=waiting reason={}", e.getMessage());
        }
        failure = Optional.of(String.valueOf(e.getMessage()));
        if (++failures >= READS_MAX) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }
}
