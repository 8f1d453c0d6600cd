package org.heliograph.agent.journal;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A real database that takes no entry while the disk is said to be full. */
class FullDisk implements Store {
    private static final int SQLITE_FULL = 13;

    private final Database database;
    private final AtomicBoolean full;

    FullDisk(Database database, AtomicBoolean full) {
        this.database = database;
        this.full = full;
    }

    @Override
    public void insert(long offset, Entry entry) throws SQLException {
        if (full.get()) {
            throw new SQLException("database or disk is full", "", SQLITE_FULL);
        }
        database.insert(offset, entry);
    }

    @Override
    public Amount deleteThrough(long after, long offset, long letters) throws SQLException {
        return database.deleteThrough(after, offset, letters);
    }

    @Override
    public void delete(long offset) throws SQLException {
        database.delete(offset);
    }

    @Override
    public void replace(long offset, Entry entry) throws SQLException {
        database.replace(offset, entry);
    }

    @Override
    public List<Stored> reports(long after) throws SQLException {
        return database.reports(after);
    }

    @Override
    public Amount dropDeadLetters(long bytes) throws SQLException {
        return database.dropDeadLetters(bytes);
    }

    @Override
    public void keep(String name, long value) throws SQLException {
        database.keep(name, value);
    }

    @Override
    public void forget(String name) throws SQLException {
        database.forget(name);
    }

    @Override
    public void commit() throws SQLException {
        database.commit();
    }

    @Override
    public void rollback() throws SQLException {
        database.rollback();
    }

    @Override
    public void makeRoom() throws SQLException {
        database.makeRoom();
    }

    @Override
    public boolean recover() throws SQLException {
        return database.recover();
    }

    @Override
    public Optional<Left> left() {
        return database.left();
    }

    @Override
    public Numbers numbers() throws SQLException {
        return database.numbers();
    }

    @Override
    public Amount deadLetters() throws SQLException {
        return database.deadLetters();
    }

    @Override
    public Amount reports() throws SQLException {
        return database.reports();
    }

    @Override
    public Map<String, Amount> readings() throws SQLException {
        return database.readings();
    }

    @Override
    public long lastOffset() throws SQLException {
        return database.lastOffset();
    }

    @Override
    public List<Stored> read(long after, int maxEntries, long maxBytes) throws SQLException {
        return database.read(after, maxEntries, maxBytes);
    }

    @Override
    public List<Stored> letters(long after, long through, int maxEntries, long maxBytes) throws SQLException {
        return database.letters(after, through, maxEntries, maxBytes);
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
