package org.heliograph.telemetry.wire;

/** The value of a record is no pack; the message says why, for a dead letter's reason. */
public final class MalformedPackException extends Exception {
    public MalformedPackException(String message) {
        super(message);
    }

    public MalformedPackException(String message, Throwable cause) {
        super(message, cause);
    }
}
