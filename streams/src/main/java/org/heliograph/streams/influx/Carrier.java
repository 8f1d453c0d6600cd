package org.heliograph.streams.influx;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a shipment to the store: takes out what its points would leave there of earlier statements, then writes them. On
 * the thread that posts.
 */
final class Carrier {
    /** The store is asked this often, for about five minutes, what it holds; then figures are written without its answer. */
    static final int MOST_QUESTIONS = 36;

    private static final Logger log = LoggerFactory.getLogger(Carrier.class);

    private final Store store;

    /** Why withdrawn figures stayed, as it was last said. */
    private String told = "";

    /** How often in a row the store didn't say what it holds, though it may have been there. */
    private int questions;

    private boolean isUnanswered;

    Carrier(Store store) {
        this.store = store;
    }

    /** @param asked the points that the store has to be asked about first */
    Store.Outcome carry(Shipment shipment, List<Incomplete> asked) {
        isUnanswered = false;
        if (!asked.isEmpty()) {
            switch (store.clear(asked)) {
                case Store.Outcome.Written() -> questions = 0;
                case Store.Outcome.Away away -> {
                    questions = away.isSaid() ? questions + 1 : 0;
                    if (questions < MOST_QUESTIONS) {
                        return away;
                    }
                    leave(away.reason()); // a limit of its own, maybe: no reason to write nothing ever again
                }
                case Store.Outcome.Refused(String reason, int _) -> leave(reason);
            }
        }
        Store.Outcome outcome = store.write(shipment.text());
        if (outcome instanceof Store.Outcome.Away) {
            questions = 0; // it isn't there at all
        }
        return outcome;
    }

    /** The figures are written all the same: beside them old ones may stay. */
    private void leave(String reason) {
        isUnanswered = true;
        if (!told.equals(reason)) {
            told = reason;
            log.warn("sink=withdrawn-figures-stay reason={}", reason);
        }
    }

    /** Whether the store wouldn't say what it holds of the points carried last; known with the outcome. */
    boolean isUnanswered() {
        return isUnanswered;
    }
}
