package org.heliograph.agent.journal;

/** An entry that is on disk, at its place. */
public record Stored(long offset, Entry entry) {}
