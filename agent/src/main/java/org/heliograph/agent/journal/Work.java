package org.heliograph.agent.journal;

import java.util.concurrent.CompletableFuture;

/** What the writer's thread is asked for, in the order in which it was asked. */
sealed interface Work {
    record Write(Entry entry, CompletableFuture<Long> onDisk) implements Work {}

    record Keep(String name, long value) implements Work {}

    record Flush(CompletableFuture<Long> done) implements Work {}

    record Close() implements Work {}
}
