package org.heliograph.agent.journal;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What the writer's thread is asked for, in the order in which it was asked. */
sealed interface Job {
    record Write(Entry entry, CompletableFuture<Long> onDisk) implements Job {}

    /** @param numbers by name, the latest of each; added to until the writer takes it up */
    record Keep(Map<String, Long> numbers) implements Job {}

    record Flush(CompletableFuture<Long> done) implements Job {}

    record Close() implements Job {}
}
