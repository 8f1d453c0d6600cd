package org.heliograph.streams.topology.state;

import java.time.Duration;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import org.heliograph.streams.config.EngineSection;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.Topics;

/**
 * How the engine works.
 *
 * @param inputs whose telemetry and factors it reads: that of the topics, but for a replay
 * @param topics what it publishes, and the site models
 * @param scope which readings it takes
 * @param sitePartitions partitions of the site side: at most that many instances share the sites
 * @param publishInterval how often, in a backlog, changed minutes are measured and changed windows published; what is of
 *     the present, more often
 * @param liveInterval how often a partition says what its devices show while it changes
 * @param settle how long after a minute's end it is measured though the device hasn't gone past it yet
 * @param grace how long nothing may have changed before an incomplete window that has ended is called final
 * @param retention how long samples, shares and short windows are kept: more than the late horizon of any site
 * @param factorReach how long past hours are kept at least, for their CO2: to the beginning of that year of the site
 * @param measureBudget how long one call may measure; what is left stays marked. A backlog of hours must not outlast the
 *     transaction: it would be undone, and begun again, for ever
 * @param clock what the moment is by which minutes are forgotten: the wall clock's, but for a partition that catches up
 *     with what came while no engine was at work
 */
public record EngineSettings(
        Topics inputs,
        Topics topics,
        Scope scope,
        int sitePartitions,
        Duration publishInterval,
        Duration liveInterval,
        Duration settle,
        Duration grace,
        Duration retention,
        Duration factorReach,
        Duration measureBudget,
        LongUnaryOperator clock) {

    /** Samples are kept for longer than the longest late horizon, by that much. */
    public static final Duration MARGIN = Duration.ofHours(2);

    public static final Duration REACH = SiteModel.LONGEST_LATE.plus(MARGIN);

    /** How long after their retention samples may still be measured, when the engine was away or is behind. */
    public static final Duration LONGEST_BACKLOG = Duration.ofDays(2);

    public static EngineSettings of(Topics topics) {
        return new EngineSettings(
                topics,
                topics,
                Scope.LIVE,
                4,
                Duration.ofMillis(250),
                Duration.ofMillis(200),
                Duration.ofSeconds(5),
                Duration.ofMinutes(1),
                REACH,
                EngineSection.DEFAULT_FACTOR_REACH,
                Duration.ofSeconds(1),
                LongUnaryOperator.identity());
    }

    /** As the configuration has it. */
    public static EngineSettings of(Topics topics, EngineSection engine) {
        EngineSettings usual = of(topics);
        return new EngineSettings(
                topics,
                topics,
                Scope.LIVE,
                engine.sitePartitions(),
                usual.publishInterval,
                usual.liveInterval,
                usual.settle,
                engine.grace(),
                usual.retention,
                engine.factorReach(),
                usual.measureBudget,
                usual.clock);
    }

    /** The same engine on a part of what another's telemetry holds, kept for as long as it takes; without live states. */
    public EngineSettings replaying(Topics telemetry, Scope.Period period, Duration age) {
        return on(telemetry, period, Duration.ofDays(1), age.plus(REACH).plus(REACH));
    }

    /** The same engine after a reset, which may have much to catch up with. */
    public EngineSettings after(Scope.Live restart, Duration age) {
        Duration longer = age.plusHours(2);
        return on(inputs, restart, liveInterval, longer.compareTo(retention) > 0 ? longer : retention);
    }

    /** The same engine when it starts with so much left to be taken, by partition up to which offset. */
    public EngineSettings catchingUp(Map<Integer, Long> waiting) {
        Scope catching = scope instanceof Scope.Live live ? live.withWaiting(waiting) : scope;
        return on(inputs, catching, liveInterval, retention);
    }

    /** The same engine on other input. */
    private EngineSettings on(Topics telemetry, Scope part, Duration live, Duration kept) {
        return with(telemetry, part, live, kept, clock);
    }

    /** The same, but that minutes are forgotten by another clock. */
    public EngineSettings by(LongUnaryOperator other) {
        return with(inputs, scope, liveInterval, retention, other);
    }

    private EngineSettings with(Topics telemetry, Scope part, Duration live, Duration kept, LongUnaryOperator by) {
        return new EngineSettings(
                telemetry,
                topics,
                part,
                sitePartitions,
                publishInterval,
                live,
                settle,
                grace,
                kept,
                factorReach,
                measureBudget,
                by);
    }

    /**
     * The oldest device minute that may still be measured, and that is still kept: to the minute, because a site's minute is
     * summed from all of its devices, and must not be summed from those that are left. Zero when all are kept: after a reset
     * that takes everything again.
     */
    public long oldestMinuteMillis(long nowMillis) {
        return Math.max(0, DeviceMinute.startOf(clock.applyAsLong(nowMillis) - retention.toMillis()));
    }

    /**
     * The oldest device minute that may be measured at all, though what it is of came before the engine was away: the site
     * side still has what it adds such a one up with, and will for a while.
     */
    public long oldestBacklogMillis(long nowMillis) {
        Duration reach = retention.plus(LONGEST_BACKLOG).minus(MARGIN);
        return Math.max(0, DeviceMinute.startOf(clock.applyAsLong(nowMillis) - reach.toMillis()));
    }
}
