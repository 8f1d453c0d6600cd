package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.time.Instant;
import org.heliograph.streams.rollup.Cause;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.streams.topology.state.Deadline;
import org.heliograph.streams.topology.state.FactorStore;
import org.heliograph.streams.topology.state.SiteModels;
import org.heliograph.telemetry.site.SiteModel;

/** Works off what revised factors leave to be done, in time that nobody waits for: minutes first, then past days. */
final class FactorRevision {
    private final SiteStores stores;
    private final PendingMinutes pendingMinutes;
    private final PendingDays pendingDays;
    private final Windows windows;
    private final SiteMinutes minutes;
    private final PastDays days;
    private final Purge purge;
    private final Closing closing;
    private final WindowPublication publication;

    FactorRevision(
            SiteStores stores,
            Restatements restatements,
            Windows windows,
            SiteMinutes minutes,
            Purge purge,
            Closing closing,
            WindowPublication publication) {
        this.stores = stores;
        pendingMinutes = new PendingMinutes(restatements, stores);
        pendingDays = new PendingDays(restatements, stores, windows.waitingMonths());
        this.windows = windows;
        this.minutes = minutes;
        this.purge = purge;
        this.closing = closing;
        this.publication = publication;
        days = new PastDays(stores, windows);
    }

    /** Whoever looks at the present waits for none of it. */
    void work(long nowMillis, SpareTime spare, Duration usualBudget) {
        spare.work(nowMillis, usualBudget, deadline -> {
            boolean worked =
                    pendingMinutes.workChanged(purge.changing(nowMillis).toEpochMilli(), deadline, minutes::price);
            if (worked) {
                windows.addUp(stores.sites()); // what that leaves to be done is a part of it
            }
            if (!worked || !deadline.isOver()) { // one of the two at least
                pendingDays.work(deadline, (site, change, until) -> restate(site, change, nowMillis, until));
            }
        });
    }

    /** Forgets what nothing is kept of that it could restate. */
    void forgetGone() {
        pendingDays.forgetGone();
    }

    /** The beginning of the first day that is added up from its minutes; of a new zone, it may lack those of the first. */
    private Instant past(SiteModel site, long nowMillis) {
        WindowKey day =
                new WindowKey(site.site(), Window.DAY, Window.DAY.startOf(purge.changing(nowMillis), site.zone()));
        return stores.windows().mayLackParts(day, Window.QUARTER) ? day.end(site.zone()) : day.start();
    }

    /** Computes the CO2 of past hours anew, and of their days. */
    private PendingDays.Restated restate(SiteModel site, FactorStore.Change factor, long nowMillis, Deadline deadline) {
        WindowChange change = new WindowChange(Cause.FACTOR, nowMillis);
        if (factor.id().isEmpty()) {
            windows.addUp(stores.sites()); // its minutes, if they came with the model
            days.addUpMonths(site, factor, change);
            return new PendingDays.Restated.All();
        }
        Instant past = past(site, nowMillis);
        if (factor.fromMillis() < past.toEpochMilli()) {
            if (closing.isCatchingUp(site.site(), nowMillis)) {
                return new PendingDays.Restated.Held();
            }
            purge.makeHours(site, nowMillis, deadline);
        }
        SiteModels.Version version = stores.sites().version(site.site()).orElseThrow();
        return days.restate(
                        site,
                        factor,
                        past,
                        change,
                        restated -> publication.publishPast(restated, version, nowMillis),
                        deadline)
                .<PendingDays.Restated>map(PendingDays.Restated.Until::new)
                .orElse(new PendingDays.Restated.All());
    }
}
