package org.heliograph.agent.payload.sparkplug;

import java.io.Serial;

/** A message after which a node's aliases can't be relied on: the node has to be born again. Never leaves the package. */
final class Doubt extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    Doubt(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
