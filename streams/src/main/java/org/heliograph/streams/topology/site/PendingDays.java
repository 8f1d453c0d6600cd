package org.heliograph.streams.topology.site;

import java.time.Instant;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.kafka.common.utils.Bytes;
import org.heliograph.streams.topology.state.Deadline;
import org.heliograph.streams.topology.state.FactorStore;
import org.heliograph.streams.topology.state.SiteModels;
import org.heliograph.streams.topology.state.v1.PendingRestatement;
import org.heliograph.telemetry.site.SiteModel;

/** Works off what changed factors leave to be done of days, months and years, site by site, once their minutes are done. */
final class PendingDays {
    private final Restatements pending;
    private final WindowStore windows;
    private final SiteShares shares;
    private final SiteModels sites;
    private final PastChoices choices;
    private final WaitingMonths waitingMonths;

    PendingDays(Restatements pending, SiteStores stores, WaitingMonths waitingMonths) {
        this.pending = pending;
        this.waitingMonths = waitingMonths;
        windows = stores.windows();
        shares = stores.shares();
        sites = stores.sites();
        choices = stores.hours().choices();
    }

    /** Restates days of a site, as many as there is time for; of no factor, only what is longer than a day. */
    interface Restating {
        Restated restate(SiteModel site, FactorStore.Change change, Deadline deadline);
    }

    /** How far a site's days have got. */
    sealed interface Restated {
        record All() implements Restated {}

        record Until(Instant next) implements Restated {}

        /** Nothing can be done now: the other sites don't wait for it. */
        record Held() implements Restated {}
    }

    /**
     * Restates the days that are pending, as many as there is time for. A site that can't be restated now is passed over,
     * and its turn comes again when the others are done.
     */
    void work(Deadline deadline, Restating restating) {
        for (Bytes key : pending.keys()) {
            PendingRestatement next = pending.get(key);
            boolean isAwaiting = Restatements.isAwaiting(next);
            if (!next.getDays()
                    || (isAwaiting && sites.version(next.getNextSite()).isEmpty())) {
                continue;
            }
            Optional<PendingRestatement> rest = isAwaiting
                    ? workAwaited(next, deadline, restating)
                    : work(next, pending.isBegunBefore(key), deadline, restating);
            rest.ifPresentOrElse(left -> pending.keep(key, left), () -> pending.drop(key));
            if (deadline.isOver()) {
                return;
            }
        }
    }

    private Optional<PendingRestatement> workAwaited(
            PendingRestatement awaiting, Deadline deadline, Restating restating) {
        FactorStore.Change time = new FactorStore.Change("", awaiting.getFromMs(), awaiting.getToMs());
        sites.model(awaiting.getNextSite()).ifPresent(back -> restating.restate(back, time, deadline));
        return Optional.empty();
    }

    /** Forgets the months that wait for a site's model, once no window of it is kept. */
    void forgetGone() {
        for (Bytes key : pending.keys()) {
            PendingRestatement next = pending.get(key);
            String site = next.getNextSite();
            if (next.getDays()
                    && Restatements.isAwaiting(next)
                    && windows.siteFrom(site).filter(site::equals).isEmpty()) {
                pending.drop(key);
            }
        }
    }

    /** What is left of it: of the sites that it goes through, the rest, and then those that it had to pass over. */
    private Optional<PendingRestatement> work(
            PendingRestatement change, boolean isBegunBefore, Deadline deadline, Restating restating) {
        NavigableSet<String> held = new TreeSet<>(change.getHeldList());
        Optional<String> site = firstSite(change);
        while (site.isPresent()) {
            String name = site.get();
            boolean isBegun = name.equals(change.getNextSite());
            long fromMillis = Math.max(change.getFromMs(), isBegun ? change.getNextMinuteMs() : 0);
            FactorStore.Change left = new FactorStore.Change(change.getId(), fromMillis, change.getToMs());
            switch (sites.model(name)
                    .map(model -> isBegunBefore || mayBeOf(model, left)
                            ? restating.restate(model, left, deadline)
                            : new Restated.All())
                    .orElseGet(() -> withoutModel(name, left))) {
                case Restated.All() -> held.remove(name);
                case Restated.Held() -> held.add(name);
                case Restated.Until(Instant next) -> {
                    return Optional.of(goingOn(change, name, next, held));
                }
            }
            site = siteAfter(name, change);
            if (site.isPresent() && deadline.isOver()) {
                return Optional.of(goingOn(change, site.get(), Instant.EPOCH, held));
            }
        }
        return held.isEmpty()
                ? Optional.empty()
                : Optional.of(goingOn(change, "", Instant.EPOCH, held).toBuilder()
                        .setOnlyHeld(true)
                        .build());
    }

    /**
     * Whether a change that has come since the start may leave anything to be done of a site: most are of another country,
     * and to add up their months and years would be to read fifty windows of each. One that names the factor no more may
     * have done so when its minutes were restated.
     */
    private boolean mayBeOf(SiteModel site, FactorStore.Change change) {
        return site.factors().names(change.id())
                || choices.mayName(site.site(), change.id())
                || waitingMonths.areAnyOf(site.site());
    }

    /** The model may come back, as long as minutes may be added up by it. */
    private Restated withoutModel(String site, FactorStore.Change change) {
        if (shares.sites().contains(site)) {
            return new Restated.Held();
        }
        pending.awaitMonths(site, change.fromMillis(), change.toMillis());
        return new Restated.All();
    }

    private Optional<String> firstSite(PendingRestatement change) {
        return change.getOnlyHeld()
                ? firstHeld(change, held -> held.compareTo(change.getNextSite()) >= 0)
                : windows.siteFrom(change.getNextSite());
    }

    private Optional<String> siteAfter(String site, PendingRestatement change) {
        return change.getOnlyHeld() ? firstHeld(change, held -> held.compareTo(site) > 0) : windows.siteAfter(site);
    }

    private static Optional<String> firstHeld(PendingRestatement change, Predicate<String> which) {
        return change.getHeldList().stream().filter(which).findFirst();
    }

    private static PendingRestatement goingOn(
            PendingRestatement change, String site, Instant from, NavigableSet<String> held) {
        return change.toBuilder()
                .setNextSite(site)
                .setNextMinuteMs(from.toEpochMilli())
                .clearHeld()
                .addAllHeld(held)
                .build();
    }
}
