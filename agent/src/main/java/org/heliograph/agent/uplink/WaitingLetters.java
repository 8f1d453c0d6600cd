package org.heliograph.agent.uplink;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.heliograph.agent.journal.Append;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.journal.JournalException;
import org.heliograph.agent.journal.Stored;
import org.heliograph.telemetry.Backoff;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dead letters that Kafka doesn't take while it takes readings: they wait behind them, and are tried apart, ever more
 * seldom. Of the pump's thread; anybody may ask why they wait.
 */
final class WaitingLetters {
    private static final Logger log = LoggerFactory.getLogger(WaitingLetters.class);

    /** Trying them may hold readings up for as long as Kafka's producer waits: so rarely. */
    private static final Duration FIRST = Duration.ofSeconds(10);

    private static final Duration LAST = Duration.ofMinutes(5);
    private static final int BATCH_MAX = 500;

    private final Journal journal;
    private final Uplink uplink;
    private final AtomicLong uplinked;
    /** Dead letters up to this offset have arrived; those after it, up to the pump's position, are waiting. */
    private long arrived;

    private final Backoff pauses = new Backoff(FIRST, LAST);
    private long atNanos = System.nanoTime();
    private volatile @Nullable String reason;

    /**
     * @param uplinked counts those that arrive
     * @param position up to which the pump has delivered before
     */
    WaitingLetters(Journal journal, Uplink uplink, AtomicLong uplinked, long position) {
        this.journal = journal;
        this.uplink = uplink;
        this.uplinked = uplinked;
        this.arrived = journal.lettersConfirmed();
        if (arrived < position) {
            reason = "they waited before this start, too";
        }
    }

    /** Why they wait; empty when none does. */
    Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    boolean areWaiting() {
        return reason != null;
    }

    /** Whether it is time to try them again. */
    boolean areDue() {
        return reason != null && System.nanoTime() - atNanos >= 0;
    }

    /** Up to where they have arrived, now that all else has up to a position. */
    long arrived(long position) {
        arrived = reason == null ? position : arrived;
        return arrived;
    }

    /** Keeps what Kafka didn't take; false if a dead letter made from it couldn't be written to the journal. */
    boolean keep(Uplink.Delivery.Partly partly) throws InterruptedException {
        if (!keep(partly.made())) {
            return false;
        }
        if (reason == null && !partly.letters().isEmpty()) {
            arrived = partly.letters().getFirst().offset() - 1;
            pauses.reset();
            later();
            log.warn("uplink=dead-letters-wait reason={}", partly.reason());
        }
        if (!partly.letters().isEmpty()) {
            reason = partly.reason();
        }
        return true;
    }

    /** Syncs for all of them together, as far as the journal's queue has room. */
    private boolean keep(List<Entry> made) throws InterruptedException {
        Optional<Append.Taken> last = Optional.empty();
        for (Entry entry : made) {
            Append append = journal.append(entry);
            if (append instanceof Append.Behind && isOnDisk(last)) {
                append = journal.append(entry);
            }
            if (!(append instanceof Append.Taken taken)) {
                return false;
            }
            last = Optional.of(taken);
        }
        return isOnDisk(last);
    }

    /** Waits for it, and so for all before; false where the journal is closing. */
    private static boolean isOnDisk(Optional<Append.Taken> last) throws InterruptedException {
        try {
            if (last.isPresent()) {
                last.get().onDisk().get();
            }
            return true;
        } catch (ExecutionException _) {
            return false;
        }
    }

    /** Tries those that wait before a position, once. */
    void pass(long position) throws InterruptedException {
        List<Stored> waiting;
        try {
            waiting = journal.readLetters(arrived, position, BATCH_MAX);
        } catch (JournalException e) {
            log.debug("pump=waiting reason={}", e.getMessage());
            later();
            return;
        }
        if (waiting.isEmpty()) { // all have gone, or given way
            through(position, waiting);
            reason = null;
            log.info("uplink=dead-letters-go");
            return;
        }
        long last = waiting.getLast().offset();
        switch (uplink.deliver(waiting)) {
            case Uplink.Delivery.Complete _ -> through(last, waiting);
            case Uplink.Delivery.Partly partly -> {
                if (keep(partly)) {
                    through(
                            partly.letters().isEmpty()
                                    ? last
                                    : partly.letters().getFirst().offset() - 1,
                            waiting);
                }
                later();
            }
            case Uplink.Delivery.Halted halted -> {
                through(Pump.reached(halted, waiting, last), waiting);
                later();
            }
        }
    }

    private void through(long offset, List<Stored> waiting) {
        if (offset > arrived) {
            uplinked.addAndGet(Pump.through(offset, waiting).size());
            arrived = offset;
            journal.confirmLetters(offset);
        }
    }

    private void later() {
        atNanos = System.nanoTime() + pauses.next().toNanos();
    }
}
