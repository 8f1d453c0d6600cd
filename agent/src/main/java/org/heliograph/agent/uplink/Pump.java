package org.heliograph.agent.uplink;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.journal.Stored;
import org.heliograph.telemetry.Backoff;
import org.heliograph.telemetry.Ending;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves the journal's entries to the uplink and confirms what arrived. */
public final class Pump implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Pump.class);

    private static final long NONE = -1;
    static final int BATCH_ENTRIES_MAX = 5_000;

    /** How long it waits for entries before it sees whether it should stop. */
    private static final Duration LISTEN_FOR = Duration.ofMillis(500);

    /**
     * How long after a start it looks for the other side when there is nothing to send: its client takes time of the
     * processor to make, which until then the sources need.
     */
    private static final Duration FIRST_LOOK_AFTER = Duration.ofSeconds(1);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
    private static final Duration RETRY_FIRST = Duration.ofMillis(200);
    private static final Duration RETRY_LAST = Duration.ofSeconds(5);

    private final Journal journal;
    private final Uplink uplink;
    private final Duration firstLookAfter;
    private final UnaryOperator<List<Stored>> due;
    private final Thread thread;
    private final CompletableFuture<Throwable> death = new CompletableFuture<>();
    private final AtomicLong uplinked = new AtomicLong();
    private final WaitingLetters letters;
    private final Contact contact;
    private final Reader reader;
    private long position;
    private volatile boolean closing;
    private volatile long oldestMillis = NONE;

    /** A pump whose entries are sent as they are. */
    public Pump(Journal journal, Uplink uplink) {
        this(journal, uplink, UnaryOperator.identity());
    }

    /**
     * A pump whose entries may have to wait.
     *
     * @param due what can be sent of entries in a row, and as what: all of it, or what is before the first that has to wait.
     *     It may make several of one, all of them at its offset
     */
    public Pump(Journal journal, Uplink uplink, UnaryOperator<List<Stored>> due) {
        this(journal, uplink, due, FIRST_LOOK_AFTER, BATCH_ENTRIES_MAX);
    }

    /** @param firstLookAfter how late it looks for the other side while it has nothing to send */
    Pump(
            Journal journal,
            Uplink uplink,
            UnaryOperator<List<Stored>> due,
            Duration firstLookAfter,
            int batchEntriesMax) {
        this.due = due;
        this.firstLookAfter = firstLookAfter;
        this.journal = journal;
        this.uplink = uplink;
        this.position = journal.confirmed();
        this.reader = new Reader(journal, batchEntriesMax);
        this.contact = new Contact(() -> journal.backlog().entries());
        this.letters = new WaitingLetters(journal, uplink, uplinked, position);
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("pump")
                .uncaughtExceptionHandler((_, e) -> death.complete(e))
                .unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Completes when the thread has died of something unforeseen: nothing is sent any more, the process should end. */
    public CompletableFuture<Throwable> death() {
        return death;
    }

    /** Entries confirmed since the start. */
    public long uplinked() {
        return uplinked.get();
    }

    /** The time of the oldest entry that it tries to send, of those that have one; empty when there is none. */
    public OptionalLong oldestMillis() {
        long oldest = oldestMillis;
        return oldest == NONE ? OptionalLong.empty() : OptionalLong.of(oldest);
    }

    /** Whether the last attempt got through. */
    public boolean isReachable() {
        return contact.isMade();
    }

    /** How it failed; empty when it got through. */
    public Optional<Uplink.Delivery.Halted> outage() {
        return contact.failure();
    }

    /** Why dead letters wait while readings go; empty when they don't. */
    public Optional<String> lettersWaitFor() {
        return letters.reason();
    }

    /** Why nothing can be read from the journal; empty when it can. */
    public Optional<String> unreadable() {
        return reader.failure();
    }

    /** Stops sending. What isn't confirmed by now is sent by the next start. */
    @Override
    public void close() {
        close(Duration.ZERO);
    }

    /** Sends what is on disk, for as long as that goes well and {@code atMost}, then stops. */
    public void close(Duration atMost) {
        closing = true;
        Ending.await(thread, atMost);
    }

    private void run() {
        Backoff retry = new Backoff(RETRY_FIRST, RETRY_LAST);
        try {
            if (journal.awaitBehind(position, firstLookAfter) || !closing) {
                look();
            }
            while (true) {
                if (!closing && contact.isMade() && letters.areDue()) {
                    passLetters();
                }
                Pass pass = pass();
                if (pass == Pass.MOVED) {
                    retry.reset();
                } else if (closing) {
                    return;
                } else {
                    rest(pass, retry);
                }
            }
        } catch (InterruptedException _) {
            log.debug("pump=interrupted position={}", position);
        }
    }

    /** Until there may be more to do than there was. */
    private void rest(Pass pass, Backoff retry) throws InterruptedException {
        switch (pass) {
            case MOVED -> {
                // goes on at once
            }
            case IDLE -> {
                if (!journal.awaitBehind(position, contact.isMade() ? LISTEN_FOR : LOOK_EVERY) && !contact.isMade()) {
                    look();
                }
            }
            case WAITING -> {
                Thread.sleep(LISTEN_FOR);
                if (!contact.isMade()) {
                    look(); // what waits may be due as soon as it can be sent
                }
            }
            case HALTED, UNREADABLE -> Thread.sleep(retry.next());
        }
    }

    /** What came of looking once for something to deliver. */
    enum Pass {
        IDLE,
        /** There are entries, but the first one has to wait. */
        WAITING,
        MOVED,
        HALTED,
        UNREADABLE
    }

    /** Delivers what is next, once. */
    Pass pass() throws InterruptedException {
        Optional<List<Stored>> read = reader.read(position);
        if (read.isEmpty()) {
            return Pass.UNREADABLE;
        }
        List<Stored> entries = read.get();
        if (entries.isEmpty()) {
            oldestMillis = NONE;
            return Pass.IDLE;
        }
        List<Stored> ready = due.apply(entries);
        oldestMillis = oldestMillis(ready, entries);
        return ready.isEmpty() ? Pass.WAITING : deliver(ready, entries);
    }

    /** @param ready what was made of the entries that were read, as far as it is due */
    private Pass deliver(List<Stored> ready, List<Stored> entries) throws InterruptedException {
        long last = ready.getLast().offset();
        List<Stored> going = letters.areWaiting() ? withoutLetters(ready) : ready;
        if (going.isEmpty()) {
            confirm(through(last, entries));
            return Pass.MOVED;
        }
        return switch (uplink.deliver(going)) {
            case Uplink.Delivery.Complete _ -> {
                confirm(through(last, entries));
                contact.made();
                yield Pass.MOVED;
            }
            case Uplink.Delivery.Partly partly -> {
                contact.made();
                if (!letters.keep(partly)) {
                    yield Pass.HALTED;
                }
                confirm(through(last, entries));
                yield Pass.MOVED;
            }
            case Uplink.Delivery.Halted halted -> {
                confirm(through(reached(halted, going, last), entries));
                contact.failed(halted);
                yield Pass.HALTED;
            }
        };
    }

    /** Up to where a delivery that halted has got: of an entry that became several all must have arrived. */
    static long reached(Uplink.Delivery.Halted halted, List<Stored> going, long last) {
        return halted.delivered() == going.size()
                ? last
                : going.get(halted.delivered()).offset() - 1;
    }

    private static List<Stored> withoutLetters(List<Stored> entries) {
        return entries.stream().filter(stored -> !stored.isLetter()).toList();
    }

    /** Tries the dead letters that wait, once. */
    void passLetters() throws InterruptedException {
        letters.pass(position);
    }

    /** The time of an entry that is held isn't known until it is due. */
    private static long oldestMillis(List<Stored> going, List<Stored> entries) {
        return Stream.concat(going.stream(), entries.stream())
                .map(Stored::entry)
                .filter(entry -> entry.kind() != Entry.Kind.HELD)
                .mapToLong(Entry::timestampMillis)
                .findFirst()
                .orElse(NONE);
    }

    static List<Stored> through(long offset, List<Stored> entries) {
        return entries.stream().filter(stored -> stored.offset() <= offset).toList();
    }

    /** With nothing to send, so that a missing broker is known of before the first reading comes. */
    private void look() throws InterruptedException {
        switch (uplink.reach()) {
            case Uplink.Delivery.Complete _, Uplink.Delivery.Partly _ -> contact.made();
            case Uplink.Delivery.Halted halted -> contact.failed(halted);
        }
    }

    private void confirm(List<Stored> delivered) {
        if (!delivered.isEmpty()) {
            position = delivered.getLast().offset();
            long arrived = letters.arrived(position);
            // first: who sees that nothing waits any more sees what was sent
            uplinked.addAndGet(delivered.stream()
                    .filter(stored -> stored.offset() <= arrived || !stored.isLetter())
                    .count());
            journal.confirm(delivered, arrived);
        }
    }
}
