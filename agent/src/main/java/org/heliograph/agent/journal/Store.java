package org.heliograph.agent.journal;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The disk, as the journal sees it: one transaction after the other. What {@link #commit} returned from is there after
 * a power cut; what came after it may be there or not, but never a part of a transaction. For one thread.
 */
interface Store extends AutoCloseable {
    /** Names of {@link #numbers}. */
    String CONFIRMED = "confirmed";

    String BOOT = "boot";

    /** The journal's own number, from the first start on. */
    String BORN = "born";

    String DROPPED = "dropped";

    /** The offset of the first dead letter that waits though what is behind it was delivered; 0 when none does. */
    String WAITING = "waiting-letter";

    /** What the names of its callers' counters begin with. */
    String COUNTER = "counter/";

    /** Whether a number isn't kept, as it is none. */
    static boolean isNone(String name, long value) {
        return value == 0 && name.startsWith(COUNTER);
    }

    /**
     * The journal's own numbers, by name.
     *
     * @param spoilt names of those that the disk has changed, which say nothing any more
     */
    record Numbers(Map<String, Long> sound, Set<String> spoilt) {}

    void insert(long offset, Entry entry) throws SQLException;

    /**
     * Deletes what was delivered, and says how much of it were dead letters.
     *
     * @param after up to here that was done before
     * @param letters dead letters behind it stay
     */
    Amount deleteThrough(long after, long offset, long letters) throws SQLException;

    /** Takes one entry out. */
    void delete(long offset) throws SQLException;

    /** Puts another entry at an entry's place. */
    void replace(long offset, Entry entry) throws SQLException;

    /** The reports behind an offset, oldest first. */
    List<Stored> reports(long after) throws SQLException;

    /** Deletes the oldest dead letters, so many bytes of them or more, but never the newest. Says how much that was. */
    Amount dropDeadLetters(long bytes) throws SQLException;

    /** Keeps a number. A counter that isn't there is 0: so 0 takes it out. */
    void keep(String name, long value) throws SQLException;

    /** Takes a number out. */
    void forget(String name) throws SQLException;

    void commit() throws SQLException;

    void rollback() throws SQLException;

    /**
     * The disk is full. Gives up what was held for that, finds a place for what is in the log, and lets the file grow no
     * more: from now on deleting needs no space, and inserting only what was deleted.
     */
    void makeRoom() throws SQLException;

    /** Holds space for the next time that the disk is full, if it isn't now; whether it does. */
    boolean recover() throws SQLException;

    Numbers numbers() throws SQLException;

    /** The numbers that are sound, by name. */
    default Map<String, Long> state() throws SQLException {
        return numbers().sound();
    }

    /** What was left in it, where counting again would take long. */
    Optional<Left> left();

    /** What is there of dead letters. */
    Amount deadLetters() throws SQLException;

    /** What is there of reports. */
    Amount reports() throws SQLException;

    /** What is there of readings, by key. */
    Map<String, Amount> readings() throws SQLException;

    /** The highest offset among the entries; 0 when there are none. */
    long lastOffset() throws SQLException;

    /** The entries behind an offset, oldest first; stops before {@code maxBytes} are exceeded, but not before the first. */
    List<Stored> read(long after, int maxEntries, long maxBytes) throws SQLException;

    /** The same, of dead letters alone, and up to an offset. */
    List<Stored> letters(long after, long through, int maxEntries, long maxBytes) throws SQLException;

    @Override
    void close() throws SQLException;
}
