package org.heliograph.streams.topology;

import java.time.Duration;
import org.heliograph.streams.config.EngineSection;
import org.heliograph.telemetry.wire.Topics;

/**
 * How the engine works.
 *
 * @param topics what its topics are called
 * @param sitePartitions partitions of the site side: at most that many instances share the sites
 * @param publishInterval how often changed minutes are measured and changed windows published
 * @param liveInterval how often a site's live state is published while it changes
 * @param settle how long after a minute's end it is measured though the device hasn't gone past it yet
 * @param grace how long nothing may have changed before an incomplete window that has ended is called final
 * @param retention how long samples, shares and short windows are kept: more than the late horizon of any site
 * @param measureBudget how long one call may measure; what is left stays marked. A backlog of hours must not outlast the
 *     transaction: it would be undone, and begun again, for ever
 */
public record EngineSettings(
        Topics topics,
        int sitePartitions,
        Duration publishInterval,
        Duration liveInterval,
        Duration settle,
        Duration grace,
        Duration retention,
        Duration measureBudget) {

    /** How much longer than the longest late horizon samples are kept. */
    private static final Duration MARGIN = Duration.ofHours(2);

    public static EngineSettings of(Topics topics) {
        return new EngineSettings(
                topics,
                4,
                Duration.ofMillis(250),
                Duration.ofMillis(250),
                Duration.ofSeconds(5),
                Duration.ofMinutes(1),
                EngineSection.LONGEST_LATE.plus(MARGIN),
                Duration.ofSeconds(1));
    }
}
