package org.heliograph.streams.topology.device;

import java.time.Duration;
import java.time.Instant;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.topology.state.EngineSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time that a partition was without an engine. What came to Kafka meanwhile isn't late because nobody took it; and what
 * it needs to be measured with is all there, as nothing has been forgotten since. So the partition's clock stands where it
 * was when something was forgotten last, until all that waited is taken and measured. Both are in the state, and change in
 * the transactions of the records: a crash amid the catching up changes nothing of it.
 */
final class Absence {
    /** Kafka keeps an empty group's offsets as long, if it isn't told otherwise; and state grows with the absence. */
    static final Duration LONGEST = Duration.ofDays(7);

    /** Shorter ones, of a restart, aren't told. */
    private static final Duration SHORTEST_TOLD = Duration.ofHours(1);

    private static final Logger log = LoggerFactory.getLogger(Absence.class);

    private final int partition;
    private final long sinceMillis;
    private final long keptMillis;
    private final long endOffset;
    private final boolean isTold;
    private boolean isTaken;
    private boolean isOver;

    /**
     * That of a partition whose processor starts.
     *
     * @param forgottenMillis minutes before that have been forgotten
     */
    Absence(EngineSettings settings, int partition, long forgottenMillis, long nowMillis) {
        this.partition = partition;
        sinceMillis = forgottenMillis + EngineSettings.REACH.toMillis();
        keptMillis = forgottenMillis + settings.retention().toMillis();
        endOffset = settings.scope() instanceof Scope.Live live ? live.waiting().getOrDefault(partition, 0L) : 0;
        isTaken = endOffset == 0;
        Duration length = Duration.ofMillis(nowMillis - sinceMillis);
        isOver = length.compareTo(LONGEST) > 0;
        boolean isAfterReset = !settings.retention().equals(EngineSettings.REACH); // it takes again what isn't missing
        isTold = !isTaken && !isAfterReset && length.compareTo(SHORTEST_TOLD) > 0;
        if (isTold) {
            tell(length);
        }
    }

    private void tell(Duration length) {
        Instant since = Instant.ofEpochMilli(sinceMillis);
        if (isOver) {
            log.warn(
                    "absence=too-long partition={} since={} longest={} action=\"what is late by now is refused\" "
                            + "remedy=\"streams reset --from\"",
                    partition,
                    since,
                    LONGEST);
        } else {
            log.info(
                    "absence=catching-up partition={} since={} length={} until-offset={}",
                    partition,
                    since,
                    length,
                    endOffset);
        }
    }

    /** Until then its clock stands still. */
    boolean isOver() {
        return isOver;
    }

    /** Whether all has been taken that waited. */
    boolean isTaken() {
        return isTaken;
    }

    /** Whether a record came after the start: all that waited has been taken then. */
    boolean isPast(long offset) {
        return offset >= endOffset;
    }

    void took(long offset) {
        isTaken |= isPast(offset + 1);
    }

    void end() {
        isOver = true;
        if (isTold) {
            log.info("absence=over partition={} since={}", partition, Instant.ofEpochMilli(sinceMillis));
        }
    }

    /** By which moment readings are late. */
    long lateByMillis(long nowMillis) {
        return isOver ? nowMillis : Math.min(nowMillis, sinceMillis);
    }

    /** By which moment minutes are forgotten. */
    long keptByMillis(long nowMillis) {
        return isOver ? nowMillis : Math.min(nowMillis, keptMillis);
    }
}
