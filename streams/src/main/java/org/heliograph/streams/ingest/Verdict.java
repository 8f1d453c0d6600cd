package org.heliograph.streams.ingest;

import java.util.Optional;
import org.heliograph.telemetry.wire.Dispatch;

/**
 * What is to be done with a record. Both parts are there when some of its samples are usable and others are not.
 *
 * @param accepted the usable readings
 * @param rejection why the record goes to the dead letters
 */
public record Verdict(Optional<Dispatch> accepted, Optional<Rejection> rejection) {
    /** The record is of no concern: nothing is usable, and nothing is wrong with it. */
    static final Verdict PASSED_OVER = new Verdict(Optional.empty(), Optional.empty());

    static Verdict accept(Dispatch pack) {
        return new Verdict(Optional.of(pack), Optional.empty());
    }

    static Verdict reject(Rejection.Cause cause, String reason) {
        return new Verdict(Optional.empty(), Optional.of(new Rejection(cause, reason)));
    }
}
