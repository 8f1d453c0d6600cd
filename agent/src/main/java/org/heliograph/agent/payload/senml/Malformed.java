package org.heliograph.agent.payload.senml;

import java.io.Serial;

/** Leaves a reader where a body isn't what its format wants; never leaves the package. */
final class Malformed extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    Malformed(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
