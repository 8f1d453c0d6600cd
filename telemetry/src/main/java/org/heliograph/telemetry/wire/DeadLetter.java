package org.heliograph.telemetry.wire;

import java.util.Map;

/**
 * Header names of a record on {@code hg.rejects}; values are UTF-8 text. The record's value is the refused bytes, or the
 * first of them.
 */
public final class DeadLetter {
    /** Why it was refused: a sentence. */
    public static final String REASON = "reason";
    /** Who refused it: {@code agent}, {@code engine}, {@code sink}. */
    public static final String STAGE = "stage";
    /** Where it came from: an MQTT topic, a CoAP URI, {@code topic-partition@offset} on Kafka. */
    public static final String SOURCE = "source";

    /** How many bytes there were, where the value is only the beginning of them. */
    public static final String TRUNCATED = "truncated";

    private DeadLetter() {}

    /** What the agent says of bytes that it refuses. */
    public static Map<String, String> ofAgent(String reason, String source) {
        return Map.of(REASON, reason, STAGE, "agent", SOURCE, source);
    }

    /** The same, of bytes that only the beginning is kept of. */
    public static Map<String, String> ofAgent(String reason, String source, int ofBytes) {
        return Map.of(REASON, reason, STAGE, "agent", SOURCE, source, TRUNCATED, Integer.toString(ofBytes));
    }

    /** Where an entry of an agent's journal lay. */
    public static String journal(long offset) {
        return "journal@" + offset;
    }
}
