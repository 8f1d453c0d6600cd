package org.heliograph.agent.journal;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What gives way when the journal is full, and what is missing when its file was damaged. The journal says when and how
 * much, in the transaction that makes the room; what the bytes mean, and how a loss is told, is known here. For the
 * writer's thread, but for {@link #yields}.
 */
public interface Shedding {
    /** Nothing gives way: what doesn't fit isn't taken. */
    Shedding NOTHING = new Shedding() {
        @Override
        public boolean yields(String key) {
            return false;
        }

        @Override
        public boolean thins() {
            return false;
        }

        @Override
        public long rules() {
            return 0;
        }

        @Override
        public Round round(long boot) {
            throw new IllegalStateException("nothing gives way");
        }

        @Override
        public Survey survey(long boot, long nowMillis) {
            return Survey.SILENT;
        }
    };

    /** Whether entries of a key may give way to newer ones. For any thread. */
    boolean yields(String key);

    /** Whether any entry may be thinned out before others are dropped. */
    boolean thins();

    /** Another number where {@link #yields} may answer otherwise, also in another process. */
    long rules();

    /**
     * A look at the entries, from the oldest on, or from where an earlier look has got to: nothing of an earlier round is
     * remembered but that.
     *
     * @param boot the number drawn at this start
     */
    Round round(long boot);

    /**
     * What a file that was damaged has lost, from what was saved of it.
     *
     * @param boot a number for this, as if it were a start
     */
    Survey survey(long boot, long nowMillis);

    /** Pages of entries whose keys yield, oldest first; once for thinning, then, if that wasn't enough, once for dropping. */
    interface Round {
        /** What becomes of the page's entries, and of those of earlier pages. */
        List<Change> thin(List<Stored> page);

        /** The first entry of those that were looked at of which a later one may yet thin something out; empty for none. */
        OptionalLong firstOpen();

        List<Change> drop(List<Stored> page, long bytes);

        /** The keys of which something was lost that none of the changed entries tells. */
        Set<String> keys();

        /**
         * What was lost of such a key, as entries that are delivered like any other; at least one.
         *
         * @param earlier a report that wasn't delivered yet and gives its place to the first one, which has to say what it
         *     said
         * @param offset where the first entry will be, or the second, if the first takes an earlier one's place; the others
         *     follow
         */
        List<Entry> reports(String key, Optional<Entry> earlier, long offset);
    }

    /** What becomes of an entry. */
    sealed interface Change {
        Stored before();

        record Drop(Stored before) implements Change {}

        record Replace(Stored before, Entry after) implements Change {}

        default long freedBytes() {
            return switch (this) {
                case Drop drop -> drop.before().entry().sizeBytes();
                case Replace replace ->
                    replace.before().entry().sizeBytes() - replace.after().sizeBytes();
            };
        }
    }
}
