package org.heliograph.lab.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What a program has written to a file so far. */
record Output(Path file) {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration POLL = Duration.ofMillis(50);

    String text() {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it says that; gives up when the program can't say it any more, or in the end. */
    void await(String said, BooleanSupplier canStillSayIt) {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!text().contains(said) && canStillSayIt.getAsBoolean() && System.nanoTime() < deadlineNanos) {
            LockSupport.parkNanos(POLL.toNanos());
        }
        assertThat(text()).contains(said);
    }
}
