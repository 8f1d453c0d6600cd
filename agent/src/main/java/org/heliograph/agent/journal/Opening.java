package org.heliograph.agent.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a journal consists of, made of what its store holds.
 *
 * @param boot the number drawn at this start
 * @param born the number of the journal itself
 * @param errors of the disk, counted by all who use it
 */
record Opening(
        long boot,
        long born,
        Counters counters,
        Room room,
        Progress progress,
        Committer committer,
        Writer writer,
        LongAdder errors) {

    /** Opens the journal of a file; its writer runs. */
    static Journal of(Path file, Journal.Limits limits, Shedding shedding, InstantSource clock)
            throws JournalException {
        JournalFile held = JournalFile.lock(file);
        try {
            return of(held, file, limits, shedding, clock);
        } catch (SQLException | IOException e) {
            held.close();
            throw new JournalException("the journal " + file + " can't be opened: " + e.getMessage(), e);
        } catch (JournalException | RuntimeException e) {
            held.close();
            throw e;
        }
    }

    private static Journal of(
            JournalFile held, Path file, Journal.Limits limits, Shedding shedding, InstantSource clock)
            throws SQLException, IOException, JournalException {
        Store store = held.open(limits, shedding, clock);
        Store reader = null;
        try {
            reader = Database.reader(file);
            Journal journal = over(store, reader, held, limits, shedding, clock);
            journal.writer().start();
            return journal;
        } catch (SQLException | RuntimeException e) {
            if (reader != null) {
                reader.close();
            }
            store.close();
            throw e;
        }
    }

    /** Nothing is written before the writer is started, or told to. */
    static Journal over(
            Store store,
            Store reader,
            AutoCloseable lock,
            Journal.Limits limits,
            Shedding shedding,
            InstantSource clock)
            throws SQLException {
        return over(store, reader, lock, limits, shedding, clock, new Stall(System::nanoTime));
    }

    static Journal over(
            Store store,
            Store reader,
            AutoCloseable lock,
            Journal.Limits limits,
            Shedding shedding,
            InstantSource clock,
            Stall stall)
            throws SQLException {
        return new Journal(lock, reader, of(store, limits, shedding, clock.millis(), stall), limits.maxBytes());
    }

    private static Opening of(Store store, Journal.Limits limits, Shedding shedding, long nowMillis, Stall stall)
            throws SQLException {
        Store.Numbers numbers = store.numbers();
        Map<String, Long> state = numbers.sound();
        long boot = boot(state, nowMillis);
        long born = state.getOrDefault(Store.BORN, boot);
        Set<String> read = new HashSet<>(state.keySet());
        read.removeIf(name -> !name.startsWith(Left.SHARE));
        read.addAll(numbers.spoilt());
        keep(store, boot, born, read);
        long confirmed = state.getOrDefault(Store.CONFIRMED, 0L);
        long last = Math.max(store.lastOffset(), confirmed);
        Amount deadLetters = store.deadLetters();
        Left left = left(store, shedding, boot);
        Room room = new Room(limits.maxBytes(), shedding::yields, left, deadLetters);
        Progress progress = new Progress(last, confirmed, lettersThrough(state), shedding::yields);
        Committer committer = new Committer(
                store,
                room,
                progress,
                new Shedder(store, shedding, boot, last, left.thinned(), stall::goOn),
                last + 1,
                deadLetters,
                state.getOrDefault(Store.DROPPED, 0L));
        LongAdder errors = new LongAdder();
        Writer writer = new Writer(store, committer, room, limits, errors, stall);
        return new Opening(boot, born, new Counters(state), room, progress, committer, writer, errors);
    }

    /** The number of a start: it ascends with the clock, and from one start to the next even where the clock doesn't. */
    static long boot(Map<String, Long> state, long nowMillis) {
        long drawn = (nowMillis << 20) | new SecureRandom().nextInt(1 << 20);
        return Math.max(drawn, state.getOrDefault(Store.BOOT, 0L) + 1);
    }

    /** Up to where the dead letters were delivered, too, by a journal's own numbers. */
    static long lettersThrough(Map<String, Long> state) {
        long waiting = state.getOrDefault(Store.WAITING, 0L);
        return waiting > 0 ? waiting - 1 : state.getOrDefault(Store.CONFIRMED, 0L);
    }

    /** As it was noted at the end, or else counted: the rules may be others now. */
    private static Left left(Store store, Shedding shedding, long boot) throws SQLException {
        Left noted = store.left()
                .filter(counted -> counted.rules() == shedding.rules())
                .orElse(null);
        if (noted != null) {
            return noted;
        }
        Amount all = store.reports();
        Amount yielding = Amount.NONE;
        Map<String, Long> shares = new HashMap<>();
        for (Map.Entry<String, Amount> one : store.readings().entrySet()) {
            all = all.plus(one.getValue());
            if (shedding.yields(one.getKey())) {
                yielding = yielding.plus(one.getValue());
            } else {
                shares.put(one.getKey(), one.getValue().bytes());
            }
        }
        return new Left(boot, shedding.rules(), 0, all, yielding, shares);
    }

    /**
     * Even on a disk that was full when the agent ended.
     *
     * @param read names of numbers that are needed no more
     */
    private static void keep(Store store, long boot, long born, Set<String> read) throws SQLException {
        try {
            keepOnce(store, boot, born, read);
        } catch (SQLException e) {
            if (ResultCode.isDamage(e)) {
                throw e;
            }
            store.rollback();
            store.makeRoom();
            keepOnce(store, boot, born, read);
        }
    }

    private static void keepOnce(Store store, long boot, long born, Set<String> read) throws SQLException {
        for (String name : read) {
            store.forget(name);
        }
        store.keep(Store.BOOT, boot);
        store.keep(Store.BORN, born);
        store.commit();
    }
}
