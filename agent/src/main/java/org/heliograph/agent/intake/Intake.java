package org.heliograph.agent.intake;

import java.util.concurrent.CompletableFuture;
import org.heliograph.telemetry.reading.Readings;

/**
 * What a source may do with what it took. Neither call waits for the disk: the answer comes when the group that the
 * entry was written with is synced. A future fails only when the agent ends before it knows: then say nothing to the
 * device.
 */
public interface Intake {
    /** Hands in the readings of a payload. They may still be refused, for their time. */
    CompletableFuture<Admission> offer(Readings readings, Arrival arrival);

    /** Hands in a payload that can't be read, with a sentence that says why. */
    CompletableFuture<Admission> refuse(String reason, Arrival arrival);
}
