package org.heliograph.agent.payload.senml;

import java.math.BigDecimal;

/** What a field holds, whichever way it was written down. */
sealed interface Field {
    record Numeric(BigDecimal value) implements Field {}

    /** NaN, an infinity or null: there is none. */
    record NoNumber(String name) implements Field {}

    record Text(String value) implements Field {}

    record Flag(boolean value) implements Field {}

    /** Anything else: bytes, a list, a map. */
    record Other() implements Field {}
}
