package org.heliograph.agent.journal;

import java.util.concurrent.CompletableFuture;

/** What became of an entry that was offered to the journal. */
public sealed interface Append {
    /**
     * It will be written, after all that were taken before it.
     *
     * @param onDisk completes with its offset once it is synced to disk; fails only if the journal closes before
     */
    record Taken(CompletableFuture<Long> onDisk) implements Append {}

    /** There is no room for it until others were delivered. */
    record Full(long capacityBytes) implements Append {}

    /** Its key has what it may hold of the room, of which others' is left. */
    record OverShare(long capacityBytes) implements Append {}

    /** Of a dead letter: the disk is slower than they come, so that the queue has no room for it. */
    record Behind() implements Append {}
}
