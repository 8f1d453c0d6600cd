package org.heliograph.agent.journal;

/**
 * An entry that is on disk, at its place; or what is sent of it.
 *
 * @param isLetter whether the journal has it as a dead letter, whatever is sent of it: only then can it wait there while
 *     what is behind it is confirmed
 */
public record Stored(long offset, Entry entry, boolean isLetter) {
    /** As it is on disk. */
    public Stored(long offset, Entry entry) {
        this(offset, entry, entry.kind() == Entry.Kind.DEAD_LETTER);
    }

    /** What is sent of it. */
    public Stored as(Entry sent) {
        return new Stored(offset, sent, isLetter);
    }
}
