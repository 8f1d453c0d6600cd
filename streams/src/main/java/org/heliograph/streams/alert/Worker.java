package org.heliograph.streams.alert;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread whose work is begun anew when an exception ends it; what keeps it from its work stands among the problems until
 * it gets on. After an error (a class that is missing, no memory) it isn't begun anew, and says so: one that ended without a
 * word would leave alerts untold while all says that it is well.
 */
final class Worker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration FINISH_LIMIT = Duration.ofSeconds(2);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    private final String name;
    private final Work work;
    private final Map<String, String> problems;
    private final CountDownLatch stop;
    private final Thread thread;

    /** It is another instance's turn: an interrupt alone may be lost in a library. */
    private volatile boolean isLeft;

    private final Turns turns = new Turns() {
        @Override
        public boolean isOver() {
            return isLeft || isStopped();
        }

        @Override
        public void areWell() {
            problems.remove(name);
        }
    };

    /** What the thread does until it is interrupted or all is stopped. */
    interface Work {
        void run(Turns turns) throws InterruptedException;
    }

    /** What the work asks and says as it goes. */
    interface Turns {
        /** Whether to stop; asked now and then. */
        boolean isOver();

        /**
         * That nothing keeps it from its work: said once it has done all that may fail, not when it merely goes round. What fails
         * each second would be well in between otherwise.
         */
        default void areWell() {}
    }

    private Worker(
            String name, Work work, Map<String, String> problems, CountDownLatch stop, CompletableFuture<Void> broken) {
        this.name = name;
        this.work = work;
        this.problems = problems;
        this.stop = stop;
        thread = Thread.ofVirtual()
                .name(name)
                .uncaughtExceptionHandler((_, e) -> {
                    log.error("alerts=broken worker={}", name, e);
                    broken.complete(null);
                })
                .unstarted(this::run);
    }

    /**
     * @param stop counted down when all is stopped
     * @param broken completed when an error has ended the thread
     */
    static Worker start(
            String name, Work work, Map<String, String> problems, CountDownLatch stop, CompletableFuture<Void> broken) {
        Worker worker = new Worker(name, work, problems, stop, broken);
        worker.thread.start();
        return worker;
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted() && !turns.isOver()) {
                try {
                    work.run(turns);
                } catch (InterruptException _) {
                    return;
                } catch (RuntimeException e) {
                    if (!e.toString().equals(problems.put(name, e.toString()))) { // it is tried again each second
                        log.warn("alerts=restarting worker={}", name, e);
                    }
                    var _ = stop.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isStopped() {
        return stop.getCount() == 0;
    }

    /** Lets it finish what it is at when all is stopped; ends it at once when it is another instance's turn. */
    @Override
    public void close() {
        try {
            boolean ended = isStopped() && thread.join(FINISH_LIMIT);
            if (!ended) {
                isLeft = true;
                thread.interrupt();
                thread.join(CLOSE_LIMIT);
            }
        } catch (InterruptedException _) {
            isLeft = true;
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
