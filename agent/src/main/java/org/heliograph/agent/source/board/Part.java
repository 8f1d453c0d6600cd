package org.heliograph.agent.source.board;

/** Something on the board. */
interface Part {
    /** For the log: {@code device=lights-1 pin=17}. */
    String name();

    /** Begins; throws if it isn't there, or taken by another program. */
    void open(Rig rig);

    /** Its last words, when its threads have ended. */
    void close();
}
