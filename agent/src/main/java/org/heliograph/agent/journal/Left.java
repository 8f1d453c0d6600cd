package org.heliograph.agent.journal;

import java.util.Map;
import java.util.Optional;

/**
 * What a journal holds, written into it last by an agent that ends on purpose and found nothing wrong with the file: the
 * next one takes it from here instead of reading the whole file.
 *
 * @param boot of that agent: once another has started it says nothing any more
 * @param rules by which entries yield
 * @param thinned up to here everything is thinned out, by those rules
 * @param readings all but dead letters
 * @param yielding of the readings, what may give way
 */
record Left(long boot, long rules, long thinned, Amount readings, Amount yielding) {
    private static final String BY = "left/boot";
    private static final String RULES = "left/rules";
    private static final String THINNED = "left/thinned";
    private static final String ENTRIES = "left/entries";
    private static final String BYTES = "left/bytes";
    private static final String YIELDING_ENTRIES = "left/yielding-entries";
    private static final String YIELDING_BYTES = "left/yielding-bytes";

    static Optional<Left> of(Map<String, Long> state) {
        Long by = state.get(BY);
        Long rules = state.get(RULES);
        Optional<Amount> readings = amount(state, ENTRIES, BYTES);
        Optional<Amount> yielding = amount(state, YIELDING_ENTRIES, YIELDING_BYTES);
        return by == null
                        || !by.equals(state.get(Store.BOOT))
                        || rules == null
                        || readings.isEmpty()
                        || yielding.isEmpty()
                ? Optional.empty()
                : Optional.of(new Left(by, rules, state.getOrDefault(THINNED, 0L), readings.get(), yielding.get()));
    }

    private static Optional<Amount> amount(Map<String, Long> state, String entries, String bytes) {
        Long ofEntries = state.get(entries);
        Long ofBytes = state.get(bytes);
        return ofEntries == null || ofBytes == null ? Optional.empty() : Optional.of(new Amount(ofEntries, ofBytes));
    }

    /** As the journal's own numbers. */
    Map<String, Long> numbers() {
        return Map.of(
                BY, boot,
                RULES, rules,
                THINNED, thinned,
                ENTRIES, readings.entries(),
                BYTES, readings.bytes(),
                YIELDING_ENTRIES, yielding.entries(),
                YIELDING_BYTES, yielding.bytes());
    }
}
