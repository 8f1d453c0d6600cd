package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.heliograph.streams.indicator.MeterAudit;
import org.heliograph.streams.rollup.Cause;
import org.heliograph.streams.rollup.Lifecycle;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.Output;
import org.heliograph.streams.topology.state.SiteModels;
import org.heliograph.telemetry.wire.v1.Alert;

/** Says windows as they change and close, and what a closed quarter tells of the meters. */
final class WindowPublication {
    /** An open window is published at least that often until it has ended: its coverage falls when nothing comes. */
    private static final Duration REPUBLISH_INTERVAL = Duration.ofMinutes(1);

    private static final Duration LONGEST_HOLD = Duration.ofSeconds(30);

    private final ProcessorContext<String, Output> context;
    private final EngineSettings settings;
    private final WindowStore windows;
    private final Restatements restatements;
    private final Closing closing;
    private final AlertBook alerts;
    private final Map<WindowKey, Long> publishedMillis = new HashMap<>();
    private final Map<WindowKey, Long> heldSinceMillis = new HashMap<>();

    WindowPublication(
            ProcessorContext<String, Output> context,
            EngineSettings settings,
            WindowStore windows,
            Restatements restatements,
            Closing closing,
            AlertBook alerts) {
        this.context = context;
        this.settings = settings;
        this.windows = windows;
        this.restatements = restatements;
        this.closing = closing;
        this.alerts = alerts;
    }

    /** Says what there is to be said of a window that is kept by itself, and closes it if it is over. */
    boolean publish(KeptWindow kept, SiteModels.Version site, long nowMillis) {
        if (kept.key().start().toEpochMilli() > nowMillis) {
            return false; // of a device whose clock is ahead: nobody's today is tomorrow
        }
        Instant end = kept.key().end(site.model().zone());
        if (kept.lifecycle() instanceof Lifecycle.Revised
                && (isHalfDone(kept, site) || isStillChanging(kept, end, nowMillis))) {
            return false;
        }
        heldSinceMillis.remove(kept.key());
        boolean closes = kept.isProvisional() && closing.isOver(kept, end, nowMillis) && !isHalfDone(kept, site);
        KeptWindow current = closes ? kept.with(kept.lifecycle().closed()) : kept;
        if (!current.isUnpublished() && !isDue(kept.key(), end, nowMillis)) {
            return false;
        }
        MeterAudit audit = say(current, site, end, nowMillis);
        if (kept.key().window() == Window.QUARTER
                && !current.isProvisional()
                && settings.scope().publishes(kept.key().start())) {
            tell(alerts.judge(kept.key().site(), kept.key().start().toEpochMilli(), audit));
        }
        windows.put(current.published());
        if (current.isProvisional()) {
            publishedMillis.put(kept.key(), nowMillis);
        } else {
            publishedMillis.remove(kept.key());
        }
        return true;
    }

    private boolean isDue(WindowKey window, Instant end, long nowMillis) {
        long published = publishedMillis.getOrDefault(window, 0L);
        return nowMillis - published >= REPUBLISH_INTERVAL.toMillis()
                && published < end.plus(REPUBLISH_INTERVAL).toEpochMilli();
    }

    /** Says a window of a past hour, which is kept with that. */
    void publishPast(KeptWindow restated, SiteModels.Version site, long nowMillis) {
        say(restated, site, restated.key().end(site.model().zone()), nowMillis);
    }

    /** Goes through all changes of factors that are pending: not to be asked of each open window. */
    private boolean isHalfDone(KeptWindow kept, SiteModels.Version site) {
        return restatements.isHalfDone(kept.key(), site.model());
    }

    /**
     * Late readings of many devices trickle in: a restatement waits until the window is complete or has settled, so that
     * it is one restatement and not one for each device; but not for ever. By a factor a complete one changes minute by
     * minute.
     */
    private boolean isStillChanging(KeptWindow kept, Instant end, long nowMillis) {
        long heldSince = heldSinceMillis.computeIfAbsent(kept.key(), _ -> nowMillis);
        boolean settled =
                nowMillis - kept.stored().getChangedMs() >= settings.settle().toMillis();
        boolean isWhole = kept.change().cause() == Cause.LATE_DATA && Closing.isComplete(kept, end);
        return !settled && !isWhole && nowMillis - heldSince < LONGEST_HOLD.toMillis();
    }

    private MeterAudit say(KeptWindow kept, SiteModels.Version site, Instant end, long nowMillis) {
        Instant last = end.minusMillis(1);
        MeterAudit audit = new MeterAudit(
                WindowMessage.figures(kept, end, nowMillis), kept.branches(), site.treeAt(last), site.model(), last);
        Instant start = kept.key().start();
        if (settings.scope().publishes(start)) {
            context.forward(new Record<>(
                    kept.key().key(),
                    new Output.Kpi(WindowMessage.of(kept, end, nowMillis, audit)),
                    start.toEpochMilli()));
        }
        return audit;
    }

    void tell(List<Alert> changes) {
        for (Alert alert : changes) {
            String key = String.join("/", alert.getSite(), alert.getDevice(), alert.getRule());
            context.forward(new Record<>(key, new Output.Alerted(alert), alert.getTimeMs()));
        }
    }
}
