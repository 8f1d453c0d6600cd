package org.heliograph.agent.source.board;

import com.pi4j.io.i2c.I2C;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.function.IntSupplier;
import org.heliograph.agent.source.board.chip.Wire;

/** Pi4J's I2C. It throws all kinds of exceptions for a chip that doesn't answer, and may read less than it was asked to. */
final class Pi4jWire implements Wire {
    private static final int WORD_BYTES = 2;

    private final I2C i2c;

    Pi4jWire(I2C i2c) {
        this.i2c = i2c;
    }

    @Override
    public void write(byte... bytes) throws IOException {
        require(bytes.length, () -> i2c.write(bytes, 0, bytes.length));
    }

    @Override
    public byte[] read(int length) throws IOException {
        byte[] bytes = new byte[length];
        require(length, () -> i2c.read(bytes, 0, length));
        return bytes;
    }

    @Override
    public int readWord(int register) throws IOException {
        byte[] word = new byte[WORD_BYTES];
        require(WORD_BYTES, () -> i2c.readRegister(register, word, 0, WORD_BYTES));
        return Byte.toUnsignedInt(word[0]) << Byte.SIZE | Byte.toUnsignedInt(word[1]);
    }

    @Override
    public void writeWord(int register, int value) throws IOException {
        byte[] word = {(byte) (value >> Byte.SIZE), (byte) value};
        int _ = answer(() -> i2c.writeRegister(register, word, 0, WORD_BYTES));
    }

    @Override
    public void pause(int millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted");
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    private static void require(int length, IntSupplier transfer) throws IOException {
        int done = answer(transfer);
        if (done != length) {
            throw new IOException("the bus carried " + done + " of " + length + " bytes");
        }
    }

    private static int answer(IntSupplier transfer) throws IOException {
        try {
            return transfer.getAsInt();
        } catch (RuntimeException e) {
            Throwable cause = e.getCause();
            throw new IOException(cause == null ? e.getMessage() : cause.getMessage(), e);
        }
    }
}
