package org.heliograph.agent.intake.time;

import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import org.heliograph.agent.journal.Journal;

/**
 * What the wall clock said at each start of the machine, as it was found out later: what was held since gets its time by it.
 * Kept in the journal from the moment on at which the clock is believed, so that the machine may go down before all of it was
 * sent; and the same at each sending, as a pack that is sent twice has to say the same twice.
 */
final class Origins {
    /** At most this many starts in a row at which the journal wasn't empty are remembered: the earliest are forgotten. */
    static final int STARTS_MAX = 1_000;

    /** By a clock that was kept right. */
    private static final String KNOWN = "clock/origin/";
    /** By one that nothing kept right. */
    private static final String GUESSED = "clock/guess/";
    /** The offset up to which entries may have left by the guess. */
    private static final String USED = "clock/guessed/";

    private final Journal journal;
    private final String start;
    private boolean isKnown;
    private long guessMillis;

    /**
     * The origins of one start.
     *
     * @param synchronised whether something kept the clock right by which it was found out
     */
    record Origin(long millis, boolean synchronised) {}

    /** @param start the present start of the machine */
    Origins(Journal journal, String start) {
        this.journal = journal;
        this.start = start;
        forget(journal.backlog().entries() == 0 ? 0 : STARTS_MAX);
        isKnown = journal.counter(KNOWN + start) != 0;
        guessMillis = journal.counter(GUESSED + start);
    }

    /** The clock is believed. A guess gives way to what is known, and to a better guess until it was used. */
    synchronized void learn(Standing.Believed believed) {
        if (isKnown) {
            return;
        }
        if (believed.synchronised()) {
            isKnown = true;
            journal.keepCounter(KNOWN + start, believed.originMillis());
        } else if (Math.abs(believed.originMillis() - guessMillis) > Standing.STEP_MILLIS
                && journal.counter(USED + start) == 0) {
            guessMillis = believed.originMillis();
            journal.keepCounter(GUESSED + start, guessMillis);
        }
    }

    /**
     * What is to be sent of an entry goes by; empty when nobody knows, or it is better to wait.
     *
     * @param mayGuess whether a guess may be used for good: not while it can't be sent anyway
     */
    synchronized Optional<Origin> of(String ofStart, long offset, boolean mayGuess) {
        long known = journal.counter(KNOWN + ofStart);
        long guess = journal.counter(GUESSED + ofStart);
        if (offset <= journal.counter(USED + ofStart)) {
            return Optional.of(new Origin(guess, false));
        }
        if (known != 0) {
            return Optional.of(new Origin(known, true));
        }
        if (guess == 0 || !mayGuess) {
            return Optional.empty();
        }
        journal.keepCounter(USED + ofStart, offset);
        return Optional.of(new Origin(guess, false));
    }

    private void forget(int startsMax) {
        for (String prefix : Set.of(KNOWN, GUESSED)) {
            Set<String> kept = journal.counters(prefix);
            kept.stream()
                    .sorted(Comparator.comparingLong(journal::counter))
                    .limit(Math.max(0, kept.size() - startsMax))
                    .forEach(name -> {
                        journal.keepCounter(name, 0);
                        if (prefix.equals(GUESSED)) {
                            journal.keepCounter(USED + name.substring(GUESSED.length()), 0);
                        }
                    });
        }
    }
}
