package org.heliograph.streams.topology;

import java.io.Serial;

/** A replay or a reset of an engine couldn't be done. The message is a sentence for the person who asked for it. */
public final class MaintenanceException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    MaintenanceException(String message) {
        super(message);
    }
}
