package org.heliograph.agent.journal;

import java.io.Serial;

/** The journal can't be opened, read or written; the message is a sentence for the operator. */
public final class JournalException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    JournalException(String message) {
        super(message);
    }

    JournalException(String message, Throwable cause) {
        super(message, cause);
    }
}
