package org.heliograph.streams.influx;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the progress where others can read it, and logs when a problem begins and ends. One thread writes. */
final class ProgressBoard {
    private static final Logger log = LoggerFactory.getLogger(ProgressBoard.class);

    private volatile Progress progress = Progress.NONE;

    Progress now() {
        return progress;
    }

    void add(long records, long points, long rejected) {
        progress = progress.plus(records, points, rejected);
    }

    /** @param problem empty when there is none */
    void problem(String problem) {
        String before = progress.problem();
        if (before.isEmpty() != problem.isEmpty()) {
            if (problem.isEmpty()) {
                log.info("sink=flowing");
            } else {
                log.warn("sink=waiting reason={}", problem);
            }
        }
        if (!before.equals(problem)) {
            progress = progress.withProblem(problem);
        }
    }
}
