package org.heliograph.agent.journal;

import java.io.Serial;

/** The journal can't be opened, read or written; the message is a sentence for the operator. */
public final class JournalException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final boolean isForeign;

    JournalException(String message) {
        this(message, false);
    }

    private JournalException(String message, boolean isForeign) {
        super(message);
        this.isForeign = isForeign;
    }

    /** For a file that is somebody else's, or isn't there and isn't to be made. */
    static JournalException foreign(String message) {
        return new JournalException(message, true);
    }

    /** Whether another file has to be named: trying again changes nothing. */
    public boolean isForeign() {
        return isForeign;
    }

    JournalException(String message, Throwable cause) {
        super(message, cause);
        isForeign = false;
    }
}
