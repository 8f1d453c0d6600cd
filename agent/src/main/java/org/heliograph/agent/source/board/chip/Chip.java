package org.heliograph.agent.source.board.chip;

import java.io.IOException;

/** One chip. For one thread. */
public interface Chip {
    /**
     * Tells it how to measure; before the first measurement, and after every failure, as it may have been without power.
     *
     * @throws IOException if it doesn't answer, or is another chip
     */
    void begin(Wire wire) throws IOException;

    /** @throws IOException if it doesn't answer, or no longer knows what it was told */
    Measurement measure(Wire wire) throws IOException;
}
