package org.heliograph.agent.source.board.chip;

import java.io.IOException;

/** An I2C bus, as one chip on it sees it. What isn't answered, or only in part, is an {@link IOException}. */
public interface Wire {
    void write(byte... bytes) throws IOException;

    /** Exactly so many bytes. */
    byte[] read(int length) throws IOException;

    /** A register of 16 bits, the high byte first. */
    int readWord(int register) throws IOException;

    void writeWord(int register, int value) throws IOException;

    /** Gives the chip time for what it was told to do. */
    void pause(int millis) throws IOException;
}
