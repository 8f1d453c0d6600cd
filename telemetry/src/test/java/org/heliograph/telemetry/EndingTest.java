package org.heliograph.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class EndingTest {
    private final CountDownLatch work = new CountDownLatch(1);
    private final AtomicBoolean wasInterrupted = new AtomicBoolean();
    private final Thread thread = Thread.ofVirtual().start(() -> {
        try {
            work.await();
        } catch (InterruptedException _) {
            wasInterrupted.set(true);
        }
    });

    @Test
    void a_thread_that_ends_in_time_is_not_interrupted() {
        work.countDown();

        Ending.await(thread, Duration.ofMinutes(2));

        assertThat(thread.isAlive()).isFalse();
        assertThat(wasInterrupted).isFalse();
    }

    @Test
    void a_thread_that_takes_longer_is_interrupted_and_has_ended_on_return() {
        Ending.await(thread, Duration.ofMillis(1));

        assertThat(thread.isAlive()).isFalse();
        assertThat(wasInterrupted).isTrue();
    }

    @Test
    void who_is_interrupted_while_waiting_hands_it_on_and_stays_interrupted() throws InterruptedException {
        Thread.currentThread().interrupt();

        Ending.await(thread, Duration.ofMinutes(2));

        assertThat(Thread.interrupted()).isTrue();
        thread.join();
        assertThat(wasInterrupted).isTrue();
    }
}
