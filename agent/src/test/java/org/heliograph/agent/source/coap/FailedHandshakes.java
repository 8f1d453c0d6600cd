package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.heliograph.agent.source.Source;

/** Waits for a handshake that is counted as failed, which it is just after the device was told. */
final class FailedHandshakes {
    private FailedHandshakes() {}

    static void await(Source source, long before) {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (source.failedHandshakes().orElseThrow() <= before) {
            assertThat(System.nanoTime()).as("a handshake counted as failed").isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
