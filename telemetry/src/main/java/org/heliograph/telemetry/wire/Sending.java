package org.heliograph.telemetry.wire;

/** Header names of a record on {@code hg.telemetry}; values are UTF-8 text. */
public final class Sending {
    /**
     * When the agent sent the record, by its clock, in epoch milliseconds. Beside the record's own timestamp, the time of
     * the event, it tells how far behind the agent is, however far behind whoever reads it is. Not on every record.
     */
    public static final String SENT = "sent";

    private Sending() {}
}
