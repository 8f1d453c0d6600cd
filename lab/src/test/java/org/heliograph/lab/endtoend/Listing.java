package org.heliograph.lab.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;

/** Topics as a broker lists them, which is a moment after they were made or deleted. */
final class Listing {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Listing() {}

    static void awaitNone(Admin admin, Predicate<String> named) throws Exception {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        List<String> left = left(admin, named);
        while (!left.isEmpty() && System.nanoTime() < deadlineNanos) {
            left = left(admin, named);
        }
        assertThat(left).isEmpty();
    }

    static void awaitSome(Admin admin, Predicate<String> named) throws Exception {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (left(admin, named).isEmpty()) {
            assertThat(System.nanoTime()).as("no such topic was made").isLessThan(deadlineNanos);
        }
    }

    private static List<String> left(Admin admin, Predicate<String> named) throws Exception {
        return admin.listTopics().names().get().stream().filter(named).toList();
    }
}
