package org.heliograph.streams.influx;

/**
 * What a sink has done since its start.
 *
 * @param records taken from Kafka and dealt with
 * @param points written to the store
 * @param rejected records dead-lettered
 * @param problem why the store or Kafka can't be used now; empty when they can
 */
public record Progress(long records, long points, long rejected, String problem) {
    static final Progress NONE = new Progress(0, 0, 0, "");

    Progress plus(long moreRecords, long morePoints, long moreRejected) {
        return new Progress(records + moreRecords, points + morePoints, rejected + moreRejected, problem);
    }

    Progress withProblem(String now) {
        return new Progress(records, points, rejected, now);
    }
}
