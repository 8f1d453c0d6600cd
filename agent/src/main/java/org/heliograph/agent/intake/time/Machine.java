package org.heliograph.agent.intake.time;

/** What a computer knows of the time. */
public interface Machine {
    /** The wall clock, right or wrong. */
    long wallMillis();

    /** Since the machine started; goes on through settings of the clock, and through restarts of the agent. */
    long upMillis();

    /** A name of this start of the machine; another after the next one. */
    String start();

    Sync sync();

    /** Whether something keeps the wall clock right. */
    enum Sync {
        YES,
        NO,
        UNKNOWN
    }
}
