package org.heliograph.lab.server;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Ties a server's JVM to the process that started it. The parent holds the other end of standard input: when that
 * ends, because the parent wants the server to stop or because it has died, the server is closed and the JVM ends.
 */
final class Lifeline {
    private static final long CLOSE_SECONDS = 10;

    /** What brings a server up. */
    interface Start {
        void run() throws Exception;
    }

    private Lifeline() {}

    /** Ends the JVM with status 1 when the server can't start, whatever threads it has begun. */
    @SuppressWarnings("CatchAndPrintStackTrace") // standard error is the server's log
    static void start(Start start) {
        try {
            start.run();
        } catch (Exception e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    /** Returns at once; the JVM ends by itself later. */
    static void watch(AutoCloseable server) {
        Thread.ofPlatform().daemon().name("lifeline").start(() -> {
            awaitEndOfInput();
            Thread closing = Thread.ofPlatform().daemon().name("closing").start(() -> close(server));
            try {
                closing.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
            } catch (InterruptedException _) {
                // ends all the same
            }
            // not exit: a shutdown hook of the server's must not hold up the end
            Runtime.getRuntime().halt(0);
        });
    }

    private static void awaitEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // nothing is ever said, only ended
            }
        } catch (IOException _) {
            // a broken pipe is an end too
        }
    }

    @SuppressWarnings("CatchAndPrintStackTrace") // standard error is the server's log
    private static void close(AutoCloseable server) {
        try {
            server.close();
        } catch (Exception e) {
            e.printStackTrace();
        }
    }
}
