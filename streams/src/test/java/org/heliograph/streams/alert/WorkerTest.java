package org.heliograph.streams.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkerTest {
    private static final long PATIENCE_SECONDS = 120;

    private final Map<String, String> problems = new ConcurrentHashMap<>();
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final AtomicInteger attempts = new AtomicInteger();

    @Test
    void what_fails_stands_among_the_problems_until_the_work_gets_on() throws InterruptedException {
        CountDownLatch stop = new CountDownLatch(1);
        try (Worker _ = Worker.start(
                "teller",
                turns -> {
                    told.add("before: " + problems);
                    if (attempts.incrementAndGet() == 1) {
                        throw new IllegalStateException("no right on hg.alerts");
                    }
                    told.add("over: " + turns.isOver() + ", " + problems.keySet());
                    turns.areWell();
                    told.add("after: " + problems);
                    new CountDownLatch(1).await();
                },
                problems,
                stop,
                new CompletableFuture<>())) {
            assertThat(next()).isEqualTo("before: {}");
            assertThat(next()).isEqualTo("before: {teller=java.lang.IllegalStateException: no right on hg.alerts}");
            assertThat(next()).as("it goes round, but hasn't got on").isEqualTo("over: false, [teller]");
            assertThat(next()).isEqualTo("after: {}");
        }
    }

    /** Nothing is told any more, so the process must not go on as if all were well. */
    @Test
    void a_class_that_is_missing_breaks_it() throws Exception {
        CompletableFuture<Void> broken = new CompletableFuture<>();
        try (Worker _ = Worker.start(
                "teller",
                _ -> {
                    attempts.incrementAndGet();
                    throw new NoClassDefFoundError("java/net/http/HttpClient");
                },
                problems,
                new CountDownLatch(1),
                broken)) {
            broken.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        assertThat(attempts).hasValue(1);
    }

    /** An MQTT client that waits for an answer takes the interrupt, and doesn't say so. */
    @Test
    void it_ends_when_it_is_anothers_turn_though_the_interrupt_is_lost() throws InterruptedException {
        try (Worker _ = Worker.start(
                "teller",
                turns -> {
                    told.add("begun");
                    while (!turns.isOver()) {
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException _) {
                            // lost
                        }
                    }
                    told.add("over");
                },
                problems,
                new CountDownLatch(1),
                new CompletableFuture<>())) {
            assertThat(next()).isEqualTo("begun");
        }
        assertThat(told).containsExactly("over");
    }

    private String next() throws InterruptedException {
        return String.valueOf(told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }
}
