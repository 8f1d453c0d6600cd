package org.heliograph.agent.source.board;

/** Where pulse counts survive a restart. */
public interface Counts {
    /** The count kept last under a name; 0 when there is none. */
    long of(String name);

    /** Keeps a count, on disk no later than any reading that is handed in from now on. */
    void keep(String name, long count);
}
