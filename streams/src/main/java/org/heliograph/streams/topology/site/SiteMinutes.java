package org.heliograph.streams.topology.site;

import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.factor.FactorBook;
import org.heliograph.streams.indicator.Branches;
import org.heliograph.streams.indicator.FactorsUsed;
import org.heliograph.streams.indicator.Sums;
import org.heliograph.streams.rollup.Cause;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.streams.site.SiteMinute;
import org.heliograph.streams.topology.state.Pace;
import org.heliograph.streams.topology.state.SiteModels;
import org.heliograph.streams.topology.state.v1.MinuteShare;
import org.heliograph.telemetry.site.Role;

/** The sites' minutes, each added up from what the partitions know of it, and priced by the factors of its time. */
final class SiteMinutes {
    private final SiteStores stores;
    private final Windows windows;
    private final Restatements restatements;
    private final Closing closing;
    private final Pace pace;
    private final LongSupplier clockMillis;

    SiteMinutes(
            SiteStores stores,
            Windows windows,
            Restatements restatements,
            Closing closing,
            Pace pace,
            LongSupplier clockMillis) {
        this.stores = stores;
        this.windows = windows;
        this.restatements = restatements;
        this.closing = closing;
        this.pace = pace;
        this.clockMillis = clockMillis;
    }

    /** Keeps a partition's share of a minute, and adds the minute up: once there is a model of its site. */
    void take(String site, MinuteShare share) {
        if (!stores.shares().put(site, share)) {
            return;
        }
        long minute = share.getMinuteMs();
        stores.sites()
                .version(site)
                .ifPresentOrElse(
                        version -> addUp(site, version, minute),
                        () -> restatements.await(site, minute, minute + DeviceMinute.LENGTH_MILLIS));
    }

    /** Adds a minute up of which something has come. */
    void addUp(String site, SiteModels.Version version, long minuteMillis) {
        addUp(site, version, minuteMillis, new WindowChange(Cause.LATE_DATA, clockMillis.getAsLong()), false);
    }

    /** @param closes whether nobody is waited for any more */
    private void addUp(
            String site, SiteModels.Version version, long minuteMillis, WindowChange change, boolean closes) {
        Instant start = Instant.ofEpochMilli(minuteMillis);
        WindowKey key = new WindowKey(site, Window.MINUTE, start);
        SiteMinute minute = new SiteMinute(
                stores.shares().sum(site, minuteMillis), version.expectedAt(start), version.treeAt(start));
        if (!minute.covers(Role.PV) && version.isDark(start) && (closes || isClosed(key))) {
            minute = minute.inTheDark();
        }
        FactorBook.Choice chosen = stores.factors().chosenBy(version.model(), start);
        Sums sums = Sums.of(minute, chosen);
        windows.update(key, new WindowContent(sums, FactorsUsed.of(sums, chosen), Branches.of(minute)), change);
        pace.took(minuteMillis + DeviceMinute.LENGTH_MILLIS);
    }

    private boolean isClosed(WindowKey key) {
        return stores.windows().get(key).filter(kept -> !kept.isProvisional()).isPresent();
    }

    /** Computes a minute's CO2 anew: of the energy that is known of it, not as the site's newest model would add it up. */
    void price(String site, SiteModels.Version version, long minuteMillis) {
        Instant start = Instant.ofEpochMilli(minuteMillis);
        WindowKey key = new WindowKey(site, Window.MINUTE, start);
        WindowChange change = new WindowChange(Cause.FACTOR, clockMillis.getAsLong());
        Optional<KeptWindow> kept = stores.windows().get(key);
        if (kept.isEmpty()) {
            addUp(site, version, minuteMillis, change, false);
            return;
        }
        FactorBook.Choice chosen = stores.factors().chosenBy(version.model(), start);
        windows.update(key, kept.get().content().pricedBy(chosen), change);
        pace.took(minuteMillis + DeviceMinute.LENGTH_MILLIS);
    }

    /**
     * Takes inverters for resting that a minute of the night would close without. Before the windows that contain it are
     * added up, so that they don't close without it. Nothing has come by that, so no other grace follows.
     */
    void settleNight(long nowMillis) {
        for (KeptWindow kept : stores.windows().openMinutes()) {
            WindowKey key = kept.key();
            stores.sites()
                    .version(key.site())
                    .filter(site -> site.isDark(key.start()))
                    .filter(site -> kept.isProvisional()
                            && closing.isOver(kept, key.end(site.model().zone()), nowMillis))
                    .ifPresent(site -> {
                        WindowChange change =
                                new WindowChange(Cause.LATE_DATA, kept.stored().getChangedMs());
                        addUp(key.site(), site, key.start().toEpochMilli(), change, true);
                    });
        }
    }
}
