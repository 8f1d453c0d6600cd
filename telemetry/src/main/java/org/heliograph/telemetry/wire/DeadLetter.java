package org.heliograph.telemetry.wire;

/** Header names of a record on {@code hg.rejects}; values are UTF-8 text. The record's value is the refused bytes. */
public final class DeadLetter {
    /** Why it was refused: a sentence. */
    public static final String REASON = "reason";
    /** Who refused it: {@code agent}, {@code engine}, {@code sink}. */
    public static final String STAGE = "stage";
    /** Where it came from: an MQTT topic, a CoAP URI, {@code topic-partition@offset} on Kafka. */
    public static final String SOURCE = "source";

    private DeadLetter() {}
}
