package org.heliograph.agent.payload.senml;

import java.io.Serial;

/** Leaves the parser where a pack proves unacceptable; never leaves the package. */
final class Refusal extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    Refusal(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
