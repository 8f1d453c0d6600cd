package org.heliograph.agent.payload;

import java.util.List;
import org.heliograph.telemetry.reading.Readings;

/** What a payload turned out to be. */
public sealed interface Decoded {
    /** @param readings at most one of each device; empty when the payload is understood and holds no reading */
    record Accepted(List<Readings> readings) implements Decoded {
        public Accepted {
            readings = List.copyOf(readings);
        }

        public Accepted(Readings readings) {
            this(List.of(readings));
        }
    }

    /** @param reason a sentence for a dead letter */
    record Refused(String reason) implements Decoded {}
}
