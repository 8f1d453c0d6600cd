package org.heliograph.agent.payload;

import java.util.List;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;

/** What a payload turned out to be. */
public sealed interface Decoded {
    /**
     * Understood.
     *
     * @param readings at most one of each device; empty when the payload is understood and holds no reading
     * @param stamp whose times they have
     */
    record Accepted(List<Readings> readings, Stamp stamp) implements Decoded {
        public Accepted {
            readings = List.copyOf(readings);
        }

        public Accepted(Readings readings, Stamp stamp) {
            this(List.of(readings), stamp);
        }
    }

    /** @param reason a sentence for a dead letter */
    record Refused(String reason) implements Decoded {}
}
