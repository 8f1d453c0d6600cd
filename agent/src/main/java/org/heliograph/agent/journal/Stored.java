package org.heliograph.agent.journal;

/**
 * An entry that is on disk, at its place; or what is sent of it.
 *
 * @param onDisk what the journal has there, and counts, whatever is sent of it
 */
public record Stored(long offset, Entry entry, Entry onDisk) {
    /** As it is on disk. */
    public Stored(long offset, Entry entry) {
        this(offset, entry, entry);
    }

    /** What is sent of it. */
    public Stored as(Entry sent) {
        return new Stored(offset, sent, onDisk);
    }

    /** Whether the journal has it as a dead letter: only then can it wait there while what is behind it is confirmed. */
    public boolean isLetter() {
        return onDisk.kind() == Entry.Kind.DEAD_LETTER;
    }
}
