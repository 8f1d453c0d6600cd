package org.heliograph.agent.payload;

import java.util.List;
import java.util.Optional;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;

/** What a payload turned out to be. */
public sealed interface Decoded {
    /**
     * Understood.
     *
     * @param readings at most one of each device; empty when the payload is understood and holds no reading
     * @param stamp whose times they have
     * @param refused why another device's part of the same payload isn't among them: a sentence for a dead letter
     */
    record Accepted(List<Readings> readings, Stamp stamp, Optional<String> refused) implements Decoded {
        public Accepted {
            readings = List.copyOf(readings);
        }

        public Accepted(List<Readings> readings, Stamp stamp) {
            this(readings, stamp, Optional.empty());
        }

        public Accepted(Readings readings, Stamp stamp) {
            this(List.of(readings), stamp);
        }
    }

    /** @param reason a sentence for a dead letter */
    record Refused(String reason) implements Decoded {}
}
