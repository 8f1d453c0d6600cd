package org.heliograph.agent.journal;

import java.util.List;

/** Looks at what was saved of a damaged file, for what wasn't. */
public interface Survey {
    /** Has nothing to say. */
    Survey SILENT = new Survey() {
        @Override
        public void saved(Stored stored) {
            // of no consequence
        }

        @Override
        public List<Entry> reports(long gone, long offset) {
            return List.of();
        }
    };

    /** The next of the saved entries, in order. */
    void saved(Stored stored);

    /**
     * What is lost, as entries that are delivered like any other.
     *
     * @param gone places at which there is no entry of readings any more; more may have been lost than that, of which
     *     nothing is left
     * @param offset where the first of them will be
     */
    List<Entry> reports(long gone, long offset);
}
