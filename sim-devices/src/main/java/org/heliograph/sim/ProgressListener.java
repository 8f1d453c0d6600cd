package org.heliograph.sim;

import java.time.Instant;

/** Hears how far a replay has come. */
@FunctionalInterface
public interface ProgressListener {
    /**
     * Every reading up to that moment has been handed over and confirmed.
     *
     * @param readings how many values devices have read so far in this replay
     */
    void reached(Instant moment, Instant end, long readings);
}
