package org.heliograph.streams.alert;

import java.util.Collection;
import java.util.List;
import org.heliograph.telemetry.wire.v1.Alert;

/** Who is told of alerts. One thread uses it. */
interface Receiver extends AutoCloseable {
    String name();

    /**
     * Tells news, in their order, and (where the receiver needs it) what stands after them.
     *
     * @param standing the raised alerts
     */
    Outcome tell(List<Alert> news, Collection<Alert> standing) throws InterruptedException;

    /** Whether it was refused an end that it goes on offering: for whoever it tells, that alert stands. */
    default boolean owesEnds() {
        return false;
    }

    /** What has ended, among which is what it owed when it was closed. */
    default void recall(Collection<Alert> ends) {}

    @Override
    void close();

    sealed interface Outcome {
        record Told() implements Outcome {}

        /** Not now: the same may succeed later. */
        record Away(String reason) implements Outcome {}

        /**
         * All are told but these, which it will never take.
         *
         * @param reason why, of the first
         * @param isAll whether it takes none, whatever it is told
         */
        record Refused(List<Alert> alerts, String reason, boolean isAll) implements Outcome {
            public Refused {
                alerts = List.copyOf(alerts);
            }

            Refused(List<Alert> alerts, String reason) {
                this(alerts, reason, false);
            }
        }
    }
}
