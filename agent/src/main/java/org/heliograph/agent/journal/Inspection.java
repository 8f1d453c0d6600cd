package org.heliograph.agent.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A journal as somebody looks into it: read only, and also while its agent runs. */
public final class Inspection implements AutoCloseable {
    /** The reason of an entry whose checksum doesn't fit. */
    public static final String SPOILT = EntryTable.SPOILT;

    private static final int PAGE_ENTRIES = 1_000;
    private static final long PAGE_BYTES = 4L << 20;

    private final Path file;
    private final Database database;
    private boolean damaged;

    private Inspection(Path file, Database database) {
        this.file = file;
        this.database = database;
    }

    /** @throws JournalException if it can't be read; a foreign one if there is no journal of that name */
    public static Inspection of(Path file) throws JournalException {
        if (!Files.isRegularFile(file)) {
            throw JournalException.foreign("there is no journal " + file);
        }
        Library.load(file);
        if (!SetAside.isOne(file)) {
            Journal.requireOurs(file);
        }
        try {
            return new Inspection(file, Database.visitor(file));
        } catch (SQLException e) {
            throw new JournalException(
                    "the journal " + file + " can't be read: "
                            + (file.toFile().length() == 0 ? "it is empty" : e.getMessage()),
                    e);
        }
    }

    /** What SQLite finds wrong with the file; empty when that is nothing. */
    public Optional<String> damage() {
        try {
            return database.damage();
        } catch (SQLException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** The journal's own numbers, and the counters kept in it, by name. */
    public Map<String, Long> state() throws JournalException {
        try {
            return new TreeMap<>(database.state());
        } catch (SQLException e) {
            throw new JournalException("the journal can't be read: " + e.getMessage(), e);
        }
    }

    /** How many dead letters gave way, ever; empty for none. */
    public OptionalLong droppedDeadLetters() throws JournalException {
        if (damaged) {
            return OptionalLong.empty(); // how many, nobody knows any more
        }
        Long dropped = state().get(Store.DROPPED);
        return dropped == null ? OptionalLong.empty() : OptionalLong.of(dropped);
    }

    /**
     * Every entry that waits for delivery, oldest first, as of one moment: what is delivered meanwhile leaves no gap. For a
     * visitor that is quick: until it has seen all, the log of an agent that runs only grows.
     */
    public void forEach(Consumer<Stored> visitor) throws JournalException {
        try {
            database.beginReading();
            try {
                walk(visitor);
            } finally {
                database.endReading();
            }
        } catch (SQLException e) {
            throw new JournalException("the journal can't be read: " + e.getMessage(), e);
        }
    }

    /** The same, but for what is delivered before it is its turn. For a visitor that may take its time. */
    public void walk(Consumer<Stored> visitor) throws JournalException {
        long position = 0;
        try {
            position = Opening.lettersThrough(database.state());
            for (List<Stored> page = page(position); !page.isEmpty(); page = page(position)) {
                page.forEach(visitor);
                position = page.getLast().offset();
            }
        } catch (SQLException e) {
            if (!ResultCode.isDamage(e)) {
                throw new JournalException("the journal can't be read: " + e.getMessage(), e);
            }
            damaged = true;
            visitRemains(position, visitor);
        }
    }

    private void visitRemains(long after, Consumer<Stored> visitor) throws JournalException {
        try {
            Remains.visit(file, after, visitor);
        } catch (IOException e) {
            throw new JournalException("the journal can't be read: " + e, e);
        }
    }

    /** Whether the file was found damaged, so that what was seen is what could still be proven. */
    public boolean isDamaged() {
        return damaged;
    }

    private List<Stored> page(long after) throws SQLException {
        return database.read(after, PAGE_ENTRIES, PAGE_BYTES);
    }

    /** Whether it is the journal's file, or one that belongs beside it. */
    public boolean isOwn(Path other) throws IOException {
        Path named = other.toAbsolutePath().normalize();
        for (String suffix : JournalFile.COMPANIONS) {
            if (named.equals(JournalFile.part(file.toAbsolutePath(), suffix).normalize())) {
                return true;
            }
        }
        return Files.exists(other) && Files.isSameFile(file, other);
    }

    @Override
    public void close() {
        try {
            database.close();
        } catch (SQLException _) {
            // it only read
        }
    }
}
