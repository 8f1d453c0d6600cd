package org.heliograph.agent.payload.senml;

import org.heliograph.telemetry.reading.Readings;

/** What a payload turned out to be. */
public sealed interface Decoded {
    record Accepted(Readings readings) implements Decoded {}

    /** @param reason a sentence for a dead letter */
    record Refused(String reason) implements Decoded {}
}
