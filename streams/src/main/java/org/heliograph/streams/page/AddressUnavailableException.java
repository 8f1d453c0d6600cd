package org.heliograph.streams.page;

import java.io.Serial;

/** The page can't listen where it was told to. The message is one line for the person who started it. */
public final class AddressUnavailableException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    AddressUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
