package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.utils.Bytes;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.topology.state.Deadline;
import org.heliograph.streams.topology.state.SiteModels;
import org.heliograph.streams.topology.state.v1.PendingRestatement;

/** Works off what is pending of minutes that are kept one by one: those of changed factors, and those that await a model. */
final class PendingMinutes {
    private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

    private final Restatements pending;
    private final SiteShares shares;
    private final SiteModels sites;

    PendingMinutes(Restatements pending, SiteStores stores) {
        this.pending = pending;
        shares = stores.shares();
        sites = stores.sites();
    }

    /** Adds a site's minute up anew. */
    interface Restating {
        void restate(String site, SiteModels.Version version, long minuteMillis);
    }

    /** Adds minutes up that waited for the model of their site, as many as there is time for. */
    void workAwaited(long keptSinceMillis, Deadline deadline, Restating restating) {
        work(true, keptSinceMillis, deadline, restating);
    }

    /**
     * Restates the minutes that changed factors leave, as many as there is time for.
     *
     * @param keptSinceMillis since when every part of every window is kept, and from the beginning of that day of a site
     *     on: a window of which a part is gone can't be added up anew
     * @return whether there were any changes that minutes hadn't been looked at for
     */
    boolean workChanged(long keptSinceMillis, Deadline deadline, Restating restating) {
        return work(false, keptSinceMillis, deadline, restating);
    }

    private boolean work(boolean awaited, long keptSinceMillis, Deadline deadline, Restating restating) {
        boolean worked = false;
        for (Bytes key : pending.keys()) {
            PendingRestatement next = pending.get(key);
            if (next.getDays() || Restatements.isAwaiting(next) != awaited) {
                continue;
            }
            worked = true;
            if (Restatements.isAwaiting(next) && isToWait(next, keptSinceMillis)) {
                continue;
            }
            Optional<PendingRestatement> rest = work(next, keptSinceMillis, deadline, restating);
            if (rest.isPresent()) {
                pending.keep(key, rest.get());
                return worked;
            }
            if (awaited) {
                pending.awaitMonths(next);
            } else { // days before those minutes, and what is longer than a day
                pending.keep(
                        key,
                        next.toBuilder()
                                .setDays(true)
                                .clearNextSite()
                                .clearNextMinuteMs()
                                .build());
            }
        }
        return worked;
    }

    /** As long as the model hasn't come, and there may be anything to be added up when it does. */
    private boolean isToWait(PendingRestatement awaiting, long keptSinceMillis) {
        return awaiting.getToMs() > keptSinceMillis
                && sites.version(awaiting.getNextSite()).isEmpty();
    }

    /** What is left of it. */
    private Optional<PendingRestatement> work(
            PendingRestatement change, long keptSinceMillis, Deadline deadline, Restating restating) {
        String begunSite = change.getNextSite();
        for (Optional<String> site = shares.siteFrom(begunSite);
                site.isPresent();
                site = shares.siteAfter(site.get())) {
            if (Restatements.isAwaiting(change) && !site.get().equals(begunSite)) {
                break;
            }
            Optional<SiteModels.Version> version = sites.version(site.get());
            if (version.isEmpty()) {
                pending.await(site.get(), change.getFromMs(), change.getToMs());
                continue;
            }
            if (!Restatements.isAwaiting(change)
                    && !version.get().model().factors().names(change.getId())) {
                continue;
            }
            long since = Window.DAY
                    .startOf(
                            Instant.ofEpochMilli(keptSinceMillis),
                            version.get().model().zone())
                    .toEpochMilli();
            long from = Math.max(Math.max(0, since), change.getFromMs());
            from = Math.max(from, site.get().equals(begunSite) ? change.getNextMinuteMs() : 0);
            OptionalLong rest = restate(site.get(), version.get(), from, change.getToMs(), deadline, restating);
            if (rest.isPresent()) {
                return Optional.of(change.toBuilder()
                        .setNextSite(site.get())
                        .setNextMinuteMs(rest.getAsLong())
                        .build());
            }
        }
        return Optional.empty();
    }

    /**
     * Hour by hour: to list the minutes of days would take all the time that there is, at each call.
     *
     * @return where to go on when time was over
     */
    private OptionalLong restate(
            String site,
            SiteModels.Version version,
            long fromMillis,
            long toMillis,
            Deadline deadline,
            Restating restating) {
        OptionalLong hour = shares.firstMinute(site, fromMillis, toMillis);
        while (hour.isPresent()) {
            long end = Math.min(hour.getAsLong() + HOUR_MILLIS, toMillis);
            for (long minute : shares.minutes(site, hour.getAsLong(), end)) {
                restating.restate(site, version, minute);
                if (deadline.isOver()) {
                    return OptionalLong.of(minute + 1);
                }
            }
            hour = shares.firstMinute(site, end, toMillis);
        }
        return OptionalLong.empty();
    }
}
