package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.topology.state.Deadline;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.Output;
import org.heliograph.streams.topology.state.Pace;
import org.heliograph.streams.topology.state.SiteModels;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.wire.v1.SiteLive;

/** The site side of one task, once Kafka Streams has given it its context: its parts, and what it does at its ticks. */
final class SiteTask {
    /** What is left waits for the next time: to make past hours of a year at once would outlast the transaction. */
    private static final Duration PURGE_BUDGET = Duration.ofSeconds(1);

    private final ProcessorContext<String, Output> context;
    private final EngineSettings settings;
    private final SiteStores stores;
    private final Restatements restatements;
    private final PendingMinutes pendingMinutes;
    private final Windows windows;
    private final SiteMinutes minutes;
    private final WindowPublication publication;
    private final FactorRevision revision;
    private final Closing closing;
    private final Purge purge;
    private final AlertBook alerts;
    private final LiveBoard live;
    private final GapBoard gaps;
    private final OpenLooks looks = new OpenLooks();
    private final Pace pace;
    private final SpareTime spare = SpareTime.ofThisThread();

    SiteTask(ProcessorContext<String, Output> context, EngineSettings settings, SiteStores stores) {
        this.context = context;
        this.settings = settings;
        this.stores = stores;
        long startedMillis = context.currentSystemTimeMs();
        Attendance attendance = new Attendance( // a replay says nothing of the present, and waits for nobody
                settings.scope() instanceof Scope.Period ? Map.of() : stores.spoken(), startedMillis);
        restatements = new Restatements(
                context.getStateStore(Restatements.STORE), stores.hours().choices());
        pendingMinutes = new PendingMinutes(restatements, stores);
        windows = new Windows(stores.windows(), stores.hours());
        alerts = new AlertBook(context.getStateStore(AlertBook.STORE));
        live = new LiveBoard(stores.sites(), attendance);
        gaps = new GapBoard(startedMillis);
        pace = Pace.ofThisThread(settings.publishInterval());
        closing = new Closing(settings, live, attendance, looks);
        purge = new Purge(settings, stores);
        minutes = new SiteMinutes(stores, windows, restatements, closing, pace, context::currentSystemTimeMs);
        publication = new WindowPublication(context, settings, stores.windows(), restatements, closing, alerts);
        revision = new FactorRevision(stores, restatements, windows, minutes, purge, closing, publication);
    }

    void take(String site, SiteInput input) {
        switch (input.getInputCase()) {
            case MINUTE -> minutes.take(site, input.getMinute());
            case LIVE -> {
                live.add(site, input.getLive(), context.currentSystemTimeMs());
                pace.took(input.getLive().getLatestReadingMs());
            }
            case LOSS -> gaps.add(site, input.getLoss());
            case FACTOR -> stores.factors().take(input.getFactor()).forEach(restatements::mark);
            case INPUT_NOT_SET -> throw new IllegalStateException("a site input without content");
        }
    }

    void publishWindows(long nowMillis) {
        if (!pace.isTime(nowMillis)) {
            return;
        }
        pendingMinutes.workAwaited( // of models that have come
                purge.changing(nowMillis).toEpochMilli(),
                Deadline.in(settings.measureBudget(), System::nanoTime),
                minutes::addUp);
        boolean lookAtAll = looks.isTime(nowMillis);
        if (lookAtAll) {
            looks.looked(stores.windows().openCount(), nowMillis);
            minutes.settleNight(nowMillis);
        }
        windows.addUp(stores.sites());
        boolean published = false;
        for (KeptWindow kept :
                lookAtAll ? stores.windows().open() : stores.windows().touched()) {
            Optional<SiteModels.Version> site =
                    stores.sites().version(kept.key().site());
            if (site.isEmpty()) {
                continue;
            }
            ZoneId zone = site.get().model().zone();
            if (kept.key().isOfZone(zone)) {
                published |= publication.publish(kept, site.get(), nowMillis);
            } else {
                windows.retire(kept, zone, Instant.ofEpochMilli(nowMillis));
            }
        }
        if (published) {
            show(nowMillis);
        }
    }

    void publishLive(long nowMillis) {
        Map<String, SiteLive> states = live.at(nowMillis);
        states.forEach((site, state) ->
                context.forward(new Record<>(site, new Output.Live(gaps.with(state, nowMillis)), nowMillis)));
        if (!states.isEmpty()) {
            show(nowMillis);
        }
    }

    /** Whoever looks at the present is to see what was published now, not at the next commit. */
    private void show(long nowMillis) {
        if (pace.shows(nowMillis)) {
            context.commit();
        }
    }

    void restate(long nowMillis) {
        revision.work(nowMillis, spare, settings.measureBudget());
    }

    void purge(long nowMillis) {
        live.forgetWithdrawn();
        publication.tell(alerts.forget(nowMillis));
        if (purge.changing(nowMillis).equals(Instant.EPOCH)) {
            return; // nothing is that old
        }
        Deadline deadline = Deadline.in(PURGE_BUDGET, System::nanoTime);
        purge.factors(nowMillis);
        // what came last of minutes that are old by now may not be in the windows that contain them yet
        windows.addUp(stores.sites());
        purge.nextSites(deadline, site -> purge(site, nowMillis, deadline));
        revision.forgetGone();
    }

    private void purge(String site, long nowMillis, Deadline deadline) {
        stores.sites()
                .model(site)
                .ifPresentOrElse(
                        model -> {
                            if (!closing.isCatchingUp(site, nowMillis)) {
                                purge.site(model, nowMillis, deadline);
                            }
                        },
                        () -> {
                            if (!purge.abandonedSite(site, nowMillis, deadline)) {
                                restatements.forgetMinutes(site);
                            }
                        });
    }
}
