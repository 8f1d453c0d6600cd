package org.heliograph.agent;

import java.util.Set;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.source.mqtt.Names;

/** The names that brokers' sessions keep, as counters of the journal that are 1 or not there. */
record JournalNames(Journal journal) implements Names {
    @Override
    public Set<String> beginning(String prefix) {
        return journal.counters(prefix);
    }

    @Override
    public void keep(String name) {
        journal.keepCounter(name, 1);
    }

    @Override
    public void forget(String name) {
        journal.keepCounter(name, 0);
    }
}
