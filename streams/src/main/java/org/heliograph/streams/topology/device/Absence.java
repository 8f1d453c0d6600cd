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
 * the transactions of the records: a crash amid the catching up changes nothing of it. What comes meanwhile is late by now.
 */
final class Absence {
    /** Kafka keeps an empty group's offsets as long, if it isn't told otherwise; and state grows with the absence. */
    static final Duration LONGEST = Duration.ofDays(7);

    /** What isn't measured by then never is: its site was withdrawn, say. */
    private static final Duration LONGEST_REST = Duration.ofHours(1);

    /**
     * Where nothing has come for so long nothing waits: another engine took it before the partition moved here. That is,
     * where an hour was missed at most, so that what does wait isn't refused; else a broker may be away, too.
     */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(10);

    private static final Duration LONGEST_OUTAGE = Duration.ofDays(1);

    /** Shorter ones, of a restart, aren't told. */
    private static final Duration SHORTEST_TOLD = Duration.ofHours(1);

    private static final Logger log = LoggerFactory.getLogger(Absence.class);

    private final int partition;
    private final long sinceMillis;
    private final long keptMillis;
    private final long endOffset;
    private final boolean isTold;
    private final Duration longestSilence;
    private boolean isTaken;
    /** When a record was taken last of those that waited; at first that of the start. */
    private long takenMillis;

    private boolean isOver;

    /**
     * That of a partition whose processor starts.
     *
     * @param dirty up to when minutes have been forgotten, and when
     */
    Absence(EngineSettings settings, int partition, DirtyMinutes dirty, long nowMillis) {
        this.partition = partition;
        sinceMillis = dirty.lastForgotMillis();
        keptMillis = dirty.forgottenMillis() + settings.retention().toMillis();
        endOffset = settings.scope() instanceof Scope.Live live ? live.waiting().getOrDefault(partition, 0L) : 0;
        isTaken = endOffset == 0;
        takenMillis = nowMillis;
        Duration length = Duration.ofMillis(nowMillis - sinceMillis);
        isOver = length.compareTo(LONGEST) > 0;
        boolean isAfterReset = !settings.retention().equals(EngineSettings.REACH); // it takes again what isn't missing
        boolean isLong = length.compareTo(SHORTEST_TOLD) > 0;
        longestSilence = isLong ? LONGEST_OUTAGE : LONGEST_SILENCE;
        isTold = !isTaken && !isAfterReset && isLong;
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

    /** A record has been taken. */
    void took(long offset, long nowMillis) {
        if (!isTaken) {
            isTaken = offset + 1 >= endOffset;
            takenMillis = nowMillis;
        }
    }

    /**
     * Minutes have been measured.
     *
     * @param isMeasured whether none is left that the clock has gone past, once it goes on: what was marked by one clock
     *     isn't measured by another
     */
    void measured(boolean isMeasured, long nowMillis) {
        if (!isTaken && nowMillis - takenMillis > longestSilence.toMillis()) {
            isTaken = true;
            takenMillis = nowMillis;
        }
        if (isOver || !isTaken) {
            return;
        }
        isOver = isMeasured || nowMillis - takenMillis > LONGEST_REST.toMillis();
        if (isOver && isTold) {
            log.info("absence=over partition={} since={}", partition, Instant.ofEpochMilli(sinceMillis));
        }
    }

    /** By which moment a record's readings are late: now, unless it has waited. */
    long lateByMillis(long offset, long nowMillis) {
        return isOver || offset >= endOffset ? nowMillis : Math.min(nowMillis, sinceMillis);
    }

    /** By which moment minutes are forgotten. */
    long keptByMillis(long nowMillis) {
        return isOver ? nowMillis : Math.min(nowMillis, keptMillis);
    }
}
