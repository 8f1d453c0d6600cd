package org.heliograph.streams.influx;

import java.time.InstantSource;
import org.heliograph.telemetry.kafka.BrokerContact;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the progress where others can read it, and logs when a problem begins and ends. One thread writes. */
final class ProgressBoard {
    private static final Logger log = LoggerFactory.getLogger(ProgressBoard.class);

    private final BrokerContact contact;
    private volatile Progress progress = Progress.NONE;

    ProgressBoard(InstantSource clock) {
        contact = new BrokerContact(clock, ProgressBoard::tell);
    }

    /** Of the sink's consumers, one after the other. */
    BrokerContact contact() {
        return contact;
    }

    /** A problem with the store comes first: while there is one, nothing is awaited from Kafka. */
    Progress now() {
        Progress now = progress;
        return now.problem().isEmpty() ? now.withProblem(contact.problem()) : now;
    }

    void add(long records, long points, long rejected) {
        progress = progress.plus(records, points, rejected);
    }

    private static void tell(String problem) {
        if (problem.isEmpty()) {
            log.info("sink=flowing");
        } else {
            log.warn("sink=waiting reason={}", problem);
        }
    }

    /** @param problem empty when there is none */
    void problem(String problem) {
        String before = progress.problem();
        if (before.isEmpty() != problem.isEmpty()) {
            tell(problem);
        }
        if (!before.equals(problem)) {
            progress = progress.withProblem(problem);
        }
    }
}
