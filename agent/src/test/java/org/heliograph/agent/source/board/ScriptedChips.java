package org.heliograph.agent.source.board;

import com.pi4j.io.i2c.I2C;
import com.pi4j.io.i2c.I2CConfig;
import com.pi4j.plugin.mock.provider.i2c.MockI2C;
import com.pi4j.plugin.mock.provider.i2c.MockI2CProviderImpl;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Pi4J's mock buses, with chips on them that answer every read with the same bytes, or not at all. */
final class ScriptedChips extends MockI2CProviderImpl {
    private final Map<Integer, byte[]> answers = new ConcurrentHashMap<>();
    private final CountDownLatch hanging = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile int hung = -1;

    void answer(int address, int... bytes) {
        byte[] answer = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            answer[i] = (byte) bytes[i];
        }
        answers.put(address, answer);
    }

    /** From now on a read of that chip doesn't return, and can't be interrupted: as in the kernel. */
    void hang(int address) {
        hung = address;
    }

    void awaitHang() throws InterruptedException {
        if (!hanging.await(2, TimeUnit.MINUTES)) {
            throw new AssertionError("nobody has read it");
        }
    }

    void release() {
        released.countDown();
    }

    @Override
    public I2C create(I2CConfig config) {
        MockI2C chip = new MockI2C(this, config) {
            @Override
            public int read(byte[] buffer, int offset, int length) {
                if (device() == hung) {
                    hanging.countDown();
                    awaitRelease();
                }
                byte[] answer = answers.get(device());
                if (answer == null) {
                    throw new IllegalStateException("Remote I/O error");
                }
                System.arraycopy(answer, 0, buffer, offset, length);
                return length;
            }
        };
        context.registry().add(chip);
        return chip;
    }

    private void awaitRelease() {
        boolean waiting = true;
        while (waiting) {
            try {
                released.await();
                waiting = false;
            } catch (InterruptedException _) {
                // the kernel doesn't know of it
            }
        }
    }
}
