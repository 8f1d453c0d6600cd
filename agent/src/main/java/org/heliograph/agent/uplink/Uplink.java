package org.heliograph.agent.uplink;

import java.util.List;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Stored;

/** Where the journal's entries go. */
public interface Uplink extends AutoCloseable {
    /** Sends entries in order and waits until it is known what became of them. */
    Delivery deliver(List<Stored> entries) throws InterruptedException;

    /** Whether the other side answers, without sending it anything: complete, or halted with the reason. */
    Delivery reach() throws InterruptedException;

    @Override
    void close();

    /** How far a delivery got. */
    sealed interface Delivery {
        /** All are safe on the other side. */
        record Complete() implements Delivery {}

        /**
         * All but dead letters are: the other side takes none of those now, while it takes readings.
         *
         * @param letters those of the entries that are still to be delivered, in order
         * @param made dead letters that the journal doesn't have: what became one only on its way
         * @param reason for the log
         */
        record Partly(List<Stored> letters, List<Entry> made, String reason) implements Delivery {
            public Partly {
                letters = List.copyOf(letters);
                made = List.copyOf(made);
            }
        }

        /**
         * The first ones are; the others have to be delivered again later, even though some of them may have arrived.
         *
         * @param delivered how many of the entries, from the first one on
         * @param reason for the log
         * @param answered whether the other side was there, and took nothing
         */
        record Halted(int delivered, String reason, boolean answered) implements Delivery {
            Halted(int delivered, String reason) {
                this(delivered, reason, false);
            }
        }
    }
}
