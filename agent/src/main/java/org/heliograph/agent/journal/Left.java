package org.heliograph.agent.journal;

import java.util.HashMap;
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
 * @param shares bytes of the readings that don't, by key; without those that hold too little to matter
 */
record Left(long boot, long rules, long thinned, Amount readings, Amount yielding, Map<String, Long> shares) {
    /** What all the names begin with. */
    static final String NOTES = "left/";

    private static final String BY = "left/boot";
    private static final String RULES = "left/rules";
    private static final String THINNED = "left/thinned";
    private static final String ENTRIES = "left/entries";
    private static final String BYTES = "left/bytes";
    private static final String YIELDING_ENTRIES = "left/yielding-entries";
    private static final String YIELDING_BYTES = "left/yielding-bytes";

    /** What the names of shares begin with; they are taken out once they were read. */
    static final String SHARE = "left/share/";

    Left {
        shares = Map.copyOf(shares);
    }

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
                : Optional.of(new Left(
                        by, rules, state.getOrDefault(THINNED, 0L), readings.get(), yielding.get(), shares(state)));
    }

    private static Map<String, Long> shares(Map<String, Long> state) {
        Map<String, Long> shares = new HashMap<>();
        state.forEach((name, bytes) -> {
            if (name.startsWith(SHARE)) {
                shares.put(name.substring(SHARE.length()), bytes);
            }
        });
        return shares;
    }

    private static Optional<Amount> amount(Map<String, Long> state, String entries, String bytes) {
        Long ofEntries = state.get(entries);
        Long ofBytes = state.get(bytes);
        return ofEntries == null || ofBytes == null ? Optional.empty() : Optional.of(new Amount(ofEntries, ofBytes));
    }

    /** As the journal's own numbers. */
    Map<String, Long> numbers() {
        Map<String, Long> numbers = new HashMap<>(Map.of(
                BY, boot,
                RULES, rules,
                THINNED, thinned,
                ENTRIES, readings.entries(),
                BYTES, readings.bytes(),
                YIELDING_ENTRIES, yielding.entries(),
                YIELDING_BYTES, yielding.bytes()));
        shares.forEach((key, bytes) -> numbers.put(SHARE + key, bytes));
        return numbers;
    }
}
