package org.heliograph.lab.server;

import java.io.Serial;

/** A server didn't start, didn't answer or ended by itself; the message says which and ends with its log's tail. */
public final class ServerException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public ServerException(String message) {
        super(message);
    }

    ServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
