package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.factor.FactorBook;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.indicator.Branches;
import org.heliograph.streams.indicator.FactorsUsed;
import org.heliograph.streams.indicator.Figures;
import org.heliograph.streams.indicator.MeterAudit;
import org.heliograph.streams.indicator.Sums;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.rollup.Cause;
import org.heliograph.streams.rollup.Lifecycle;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.streams.site.SiteMinute;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.streams.topology.state.Deadline;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.FactorStore;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.streams.topology.state.Output;
import org.heliograph.streams.topology.state.Pace;
import org.heliograph.streams.topology.state.ParsedSites;
import org.heliograph.streams.topology.state.Shares;
import org.heliograph.streams.topology.state.SiteModels;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.MinuteShare;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.jspecify.annotations.Nullable;

/**
 * The site side: adds the partitions' shares of a minute up, rolls minutes up, and publishes windows as they change and
 * close, and the live state: at the tick in which it has changed, else once a second. A window closes by the wall clock,
 * so a silent site's windows close too.
 */
public final class SiteProcessor implements Processor<String, byte[], String, Output> {
    public static final String SHARES = "site-shares";

    /** How often what has come from the device side is published. */
    private static final Duration TICK = Duration.ofMillis(50);

    private static final Duration PURGE_INTERVAL = Duration.ofMinutes(10);
    /** What is left waits for the next time: to make past hours of a year at once would outlast the transaction. */
    private static final Duration PURGE_BUDGET = Duration.ofSeconds(1);
    /** An open window is published at least that often until it has ended: its coverage falls when nothing comes. */
    private static final Duration REPUBLISH_INTERVAL = Duration.ofMinutes(1);

    private static final Duration LONGEST_HOLD = Duration.ofSeconds(30);

    private final EngineSettings settings;
    private final Factors factors;
    private final ParsedSites parsedSites;
    private String purgedSite = "";
    private @Nullable Task task;
    private List<Cancellable> scheduled = List.of();

    public SiteProcessor(EngineSettings settings, Factors factors, ParsedSites parsedSites) {
        this.settings = settings;
        this.parsedSites = parsedSites;
        this.factors = factors;
    }

    /** What a processor has once Kafka Streams has given it its context. */
    private record Task(
            ProcessorContext<String, Output> context,
            SiteModels sites,
            KeyValueStore<Bytes, byte[]> shares,
            FactorStore factors,
            Restatements restatements,
            WindowStore windowStore,
            Windows windows,
            PastDays pastDays,
            Purge purge,
            AlertBook alerts,
            LiveBoard live,
            Attendance attendance,
            OpenLooks looks,
            GapBoard gaps,
            Pace pace,
            Map<WindowKey, Long> publishedMillis,
            Map<WindowKey, Long> heldSinceMillis) {}

    @Override
    public void init(ProcessorContext<String, Output> context) {
        SiteModels sites = new SiteModels(context.getStateStore(SiteModels.STORE), parsedSites);
        KeyValueStore<Bytes, byte[]> shares = context.getStateStore(SHARES);
        FactorStore factorStore = new FactorStore(context.getStateStore(FactorStore.STORE), factors);
        WindowStore windowStore = new WindowStore(
                context.getStateStore(WindowStore.STORE), context.getStateStore(WindowStore.OPEN_STORE));
        Windows windows = new Windows(windowStore);
        PastHours hours = new PastHours(context.getStateStore(PastHours.STORE));
        Map<String, Set<Integer>> spoken = SpokenPartitions.of(shares);
        Attendance attendance = new Attendance( // a replay says nothing of the present, and waits for nobody
                settings.scope() instanceof Scope.Period ? Map.of() : spoken, context.currentSystemTimeMs());
        task = new Task(
                context,
                sites,
                shares,
                factorStore,
                new Restatements(context.getStateStore(Restatements.STORE), shares, sites),
                windowStore,
                windows,
                new PastDays(hours, windowStore, windows, factorStore),
                new Purge(settings, shares, windowStore, hours, factorStore, spoken.keySet()),
                new AlertBook(context.getStateStore(AlertBook.STORE)),
                new LiveBoard(sites, attendance),
                attendance,
                new OpenLooks(),
                new GapBoard(context.currentSystemTimeMs()),
                Pace.ofThisThread(settings.publishInterval()),
                new HashMap<>(),
                new HashMap<>());
        // a task that Kafka Streams revives is the same one, and has its schedules still
        scheduled.forEach(Cancellable::cancel);
        scheduled = List.of(
                context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, this::publishWindows),
                context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, this::publishLive),
                context.schedule(SpareTime.interval(), PunctuationType.WALL_CLOCK_TIME, this::restate),
                context.schedule(PURGE_INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::purge));
    }

    @Override
    public void process(Record<String, byte[]> siteRecord) {
        Task now = task();
        SiteInput input = StateException.read("site-inputs", siteRecord.value(), SiteInput::parseFrom);
        switch (input.getInputCase()) {
            case MINUTE -> addShare(now, siteRecord.key(), input.getMinute());
            case LIVE -> {
                now.live().add(siteRecord.key(), input.getLive(), now.context().currentSystemTimeMs());
                now.pace().took(input.getLive().getLatestReadingMs());
            }
            case LOSS -> now.gaps().add(siteRecord.key(), input.getLoss());
            case FACTOR -> now.factors().take(input.getFactor()).forEach(now.restatements()::mark);
            case INPUT_NOT_SET -> throw new IllegalStateException("a site input without content");
        }
    }

    private void addShare(Task now, String site, MinuteShare share) {
        Bytes key = Keys.share(site, share.getMinuteMs(), share.getPartition());
        byte[] value = share.toByteArray();
        if (Arrays.equals(value, now.shares().get(key))) {
            return;
        }
        now.shares().put(key, value);
        now.purge().kept(site, share.getMinuteMs());
        long minute = share.getMinuteMs();
        now.sites()
                .version(site)
                .ifPresentOrElse(
                        version -> addUp(now, site, version, minute, Cause.LATE_DATA),
                        () -> now.restatements().await(site, minute, minute + DeviceMinute.LENGTH_MILLIS));
    }

    /** Adds a minute up from its shares, and the windows that contain it. */
    private static void addUp(Task now, String site, SiteModels.Version version, long minuteMillis, Cause cause) {
        WindowChange change = new WindowChange(cause, now.context().currentSystemTimeMs());
        addUp(now, site, version, minuteMillis, change, false);
    }

    /** @param closes whether nobody is waited for any more */
    private static void addUp(
            Task now, String site, SiteModels.Version version, long minuteMillis, WindowChange change, boolean closes) {
        SiteShare sum = SiteShare.EMPTY;
        try (KeyValueIterator<Bytes, byte[]> partitions = now.shares()
                .range(Keys.share(site, minuteMillis, 0), Keys.share(site, minuteMillis, Integer.MAX_VALUE))) {
            while (partitions.hasNext()) {
                sum = sum.plus(Shares.decode(SHARES, partitions.next().value));
            }
        }
        Instant minuteStart = Instant.ofEpochMilli(minuteMillis);
        WindowKey key = new WindowKey(site, Window.MINUTE, minuteStart);
        SiteMinute minute = new SiteMinute(sum, version.expectedAt(minuteStart), version.treeAt(minuteStart));
        if (!minute.covers(Role.PV) && version.isDark(minuteStart) && (closes || isClosed(now, key))) {
            minute = minute.inTheDark();
        }
        FactorBook.Choice chosen = now.factors().chosenBy(version.model(), minuteStart);
        Sums sums = Sums.of(minute, chosen);
        now.windows().update(key, new WindowContent(sums, FactorsUsed.of(sums, chosen), Branches.of(minute)), change);
        now.pace().took(minuteMillis + DeviceMinute.LENGTH_MILLIS);
    }

    private static boolean isClosed(Task now, WindowKey key) {
        return now.windowStore().get(key).filter(kept -> !kept.isProvisional()).isPresent();
    }

    /**
     * Takes inverters for resting that a minute of the night would close without. Before the windows that contain it are
     * added up, so that they don't close without it. Nothing has come by that, so no other grace follows.
     */
    private void settleNight(Task now, long nowMillis) {
        for (KeptWindow kept : now.windowStore().openMinutes()) {
            WindowKey key = kept.key();
            now.sites()
                    .version(key.site())
                    .filter(site -> site.isDark(key.start()))
                    .ifPresent(site -> {
                        if (kept.isProvisional()
                                && isOver(now, kept, key.end(site.model().zone()), nowMillis)) {
                            WindowChange change = new WindowChange(
                                    Cause.LATE_DATA, kept.stored().getChangedMs());
                            addUp(now, key.site(), site, key.start().toEpochMilli(), change, true);
                        }
                    });
        }
    }

    /** Computes a minute's CO2 anew: of the energy that is known of it, not as the site's newest model would add it up. */
    private static void price(Task now, String site, SiteModels.Version version, long minuteMillis) {
        Instant minuteStart = Instant.ofEpochMilli(minuteMillis);
        WindowKey key = new WindowKey(site, Window.MINUTE, minuteStart);
        Optional<KeptWindow> kept = now.windowStore().get(key);
        if (kept.isEmpty()) {
            addUp(now, site, version, minuteMillis, Cause.FACTOR);
            return;
        }
        FactorBook.Choice chosen = now.factors().chosenBy(version.model(), minuteStart);
        now.windows()
                .update(
                        key,
                        kept.get().content().pricedBy(chosen),
                        new WindowChange(Cause.FACTOR, now.context().currentSystemTimeMs()));
        now.pace().took(minuteMillis + DeviceMinute.LENGTH_MILLIS);
    }

    private void publishWindows(long nowMillis) {
        Task now = task();
        if (!now.pace().isTime(nowMillis)) {
            return;
        }
        addUpAwaited(now, nowMillis);
        boolean lookAtAll = now.looks().isTime(nowMillis);
        if (lookAtAll) {
            now.looks().looked(now.windowStore().openCount(), nowMillis);
            settleNight(now, nowMillis);
        }
        now.windows().addUp(now.sites());
        boolean published = false;
        for (KeptWindow kept :
                lookAtAll ? now.windowStore().open() : now.windowStore().touched()) {
            Optional<SiteModels.Version> site = now.sites().version(kept.key().site());
            if (site.isEmpty()) {
                continue;
            }
            if (kept.key().isOfZone(site.get().model().zone())) {
                published |= publish(now, kept, site.get(), nowMillis);
            } else {
                now.windows().retire(kept);
            }
        }
        if (published) {
            show(now, nowMillis);
        }
    }

    /** Adds minutes up whose model has come. */
    private void addUpAwaited(Task now, long nowMillis) {
        now.restatements()
                .workAwaited(
                        now.purge().changing(nowMillis).toEpochMilli(),
                        Deadline.in(settings.measureBudget(), System::nanoTime),
                        (site, version, minute) -> addUp(now, site, version, minute, Cause.LATE_DATA));
    }

    /** Computes the CO2 anew that a factor has changed: nobody waits for it, whoever looks at the present least of all. */
    private void restate(long nowMillis) {
        Task now = task();
        SpareTime.ofThisThread().work(nowMillis, settings.measureBudget(), deadline -> {
            boolean worked = now.restatements()
                    .workMinutes(
                            now.purge().changing(nowMillis).toEpochMilli(),
                            deadline,
                            (site, version, minute) -> price(now, site, version, minute));
            if (worked) {
                now.windows().addUp(now.sites()); // what that leaves to be done is a part of it
            }
            if (!worked || !deadline.isOver()) { // one of the two at least
                restateDays(now, nowMillis, deadline);
            }
        });
    }

    /** Computes the CO2 of past hours anew, and of their days. */
    private void restateDays(Task now, long nowMillis, Deadline until) {
        Instant changing = now.purge().changing(nowMillis);
        WindowChange change = new WindowChange(Cause.FACTOR, nowMillis);
        Restatements.RestatingDays days = (site, factor, deadline) -> {
            Instant past = Window.DAY.startOf(changing, site.zone());
            if (factor.fromMillis() < past.toEpochMilli()) {
                if (isCatchingUp(now, site.site(), nowMillis)) {
                    return new Restatements.Restated.Held();
                }
                now.purge().makeHours(site, nowMillis, deadline);
            }
            SiteModels.Version version = now.sites().version(site.site()).orElseThrow();
            PastDays.Publishing publishing = kept -> {
                Instant end = kept.key().end(site.zone());
                forward(now, kept, end, nowMillis, audit(kept, version, end, nowMillis));
            };
            return now.pastDays()
                    .restate(site, factor, past, change, publishing, deadline)
                    .<Restatements.Restated>map(Restatements.Restated.Until::new)
                    .orElse(new Restatements.Restated.All());
        };
        now.restatements().workDays(now.windowStore(), until, days);
    }

    /** Whoever looks at the present is to see what was published now, not at the next commit. */
    private static void show(Task now, long nowMillis) {
        if (now.pace().shows(nowMillis)) {
            now.context().commit();
        }
    }

    /** Whether there was anything to publish. */
    private boolean publish(Task now, KeptWindow kept, SiteModels.Version site, long nowMillis) {
        if (kept.key().start().toEpochMilli() > nowMillis) {
            return false; // of a device whose clock is ahead: nobody's today is tomorrow
        }
        Instant end = kept.key().end(site.model().zone());
        if (kept.lifecycle() instanceof Lifecycle.Revised
                && (isHalfDone(now, kept, site) || isStillChanging(now, kept, end, nowMillis))) {
            return false;
        }
        now.heldSinceMillis().remove(kept.key());
        boolean closes = kept.isProvisional() && isOver(now, kept, end, nowMillis) && !isHalfDone(now, kept, site);
        KeptWindow current = closes ? kept.with(kept.lifecycle().closed()) : kept;
        long published = now.publishedMillis().getOrDefault(kept.key(), 0L);
        boolean due = nowMillis - published >= REPUBLISH_INTERVAL.toMillis()
                && published < end.plus(REPUBLISH_INTERVAL).toEpochMilli();
        if (!current.isUnpublished() && !due) {
            return false;
        }
        MeterAudit audit = audit(current, site, end, nowMillis);
        forward(now, current, end, nowMillis, audit);
        if (kept.key().window() == Window.QUARTER
                && !current.isProvisional()
                && settings.scope().publishes(kept.key().start())) {
            tell(now, now.alerts().judge(kept.key().site(), kept.key().start().toEpochMilli(), audit));
        }
        now.windowStore().put(current.published());
        if (current.lifecycle() instanceof Lifecycle.Provisional) {
            now.publishedMillis().put(kept.key(), nowMillis);
        } else {
            now.publishedMillis().remove(kept.key());
        }
        return true;
    }

    /** Goes through all changes of factors that are pending: not to be asked of each open window. */
    private static boolean isHalfDone(Task now, KeptWindow kept, SiteModels.Version site) {
        return now.restatements().isHalfDone(kept.key(), site.model());
    }

    private static MeterAudit audit(KeptWindow kept, SiteModels.Version site, Instant end, long nowMillis) {
        Instant last = end.minusMillis(1);
        return new MeterAudit(
                WindowMessage.figures(kept, end, nowMillis), kept.branches(), site.treeAt(last), site.model(), last);
    }

    private void forward(Task now, KeptWindow kept, Instant end, long nowMillis, MeterAudit audit) {
        if (settings.scope().publishes(kept.key().start())) {
            now.context()
                    .forward(new Record<>(
                            kept.key().key(),
                            new Output.Kpi(WindowMessage.of(kept, end, nowMillis, audit)),
                            kept.key().start().toEpochMilli()));
        }
    }

    private static void tell(Task now, List<Alert> alerts) {
        for (Alert alert : alerts) {
            String key = String.join("/", alert.getSite(), alert.getDevice(), alert.getRule());
            now.context().forward(new Record<>(key, new Output.Alerted(alert), alert.getTimeMs()));
        }
    }

    /**
     * Late readings of many devices trickle in: a restatement waits until the window is complete or has settled, so that
     * it is one restatement and not one for each device; but not for ever. By a factor a complete one changes minute by
     * minute.
     */
    private boolean isStillChanging(Task now, KeptWindow kept, Instant end, long nowMillis) {
        long heldSince = now.heldSinceMillis().computeIfAbsent(kept.key(), _ -> nowMillis);
        boolean settled =
                nowMillis - kept.stored().getChangedMs() >= settings.settle().toMillis();
        boolean isWhole = kept.change().cause() == Cause.LATE_DATA && isComplete(kept, end);
        return !settled && !isWhole && nowMillis - heldSince < LONGEST_HOLD.toMillis();
    }

    /**
     * It has ended, and is complete or has been quiet for the grace, since its end and while there was somebody to hear: a
     * device whose clock is ahead says its share before the others can. Of partitions that catch up each has a speed of its
     * own: what one has filled waits for the others.
     */
    private boolean isOver(Task now, KeptWindow kept, Instant end, long nowMillis) {
        if (nowMillis < end.toEpochMilli()) {
            return false;
        }
        if (isComplete(kept, end)) {
            return true;
        }
        if (now.looks().mayHold() && now.live().isCatchingUp(kept.key().site(), nowMillis)) {
            return false;
        }
        OptionalLong whole = now.attendance().wholeSinceMillis(kept.key().site(), nowMillis);
        return whole.isPresent()
                && nowMillis - quietSince(kept, end, whole.getAsLong())
                        >= settings.grace().toMillis();
    }

    private static long quietSince(KeptWindow kept, Instant end, long wholeMillis) {
        return Math.max(kept.stored().getChangedMs(), Math.max(end.toEpochMilli(), wholeMillis));
    }

    private static boolean isComplete(KeptWindow kept, Instant end) {
        int minutes = (int) Duration.between(kept.key().start(), end).toMinutes();
        return new Figures(kept.sums(), minutes).isComplete();
    }

    private void publishLive(long nowMillis) {
        Task now = task();
        Map<String, SiteLive> states = now.live().at(nowMillis);
        states.forEach((site, live) -> {
            Output told = new Output.Live(now.gaps().with(live, nowMillis));
            now.context().forward(new Record<>(site, told, nowMillis));
        });
        if (!states.isEmpty()) {
            show(now, nowMillis);
        }
    }

    private void purge(long nowMillis) {
        Task now = task();
        tell(now, now.alerts().forget(nowMillis));
        if (now.purge().changing(nowMillis).equals(Instant.EPOCH)) {
            return; // nothing is that old
        }
        Deadline deadline = Deadline.in(PURGE_BUDGET, System::nanoTime);
        now.purge().factors(nowMillis);
        // what came last of minutes that are old by now may not be in the windows that contain them yet
        now.windows().addUp(now.sites());
        purgedSite = now.purge()
                .sitesAfter(
                        purgedSite,
                        deadline,
                        site -> now.sites()
                                .model(site)
                                .ifPresentOrElse(
                                        model -> {
                                            if (!isCatchingUp(now, site, nowMillis)) {
                                                now.purge().site(model, nowMillis, deadline);
                                            }
                                        },
                                        () -> purgeAbandoned(now, site, nowMillis, deadline)));
    }

    private static void purgeAbandoned(Task now, String site, long nowMillis, Deadline deadline) {
        if (!now.purge().abandonedSite(site, nowMillis, deadline)) {
            now.restatements().forget(site);
        }
    }

    /** Whether what is old may still change as if it weren't; not known before all partitions have spoken. */
    private static boolean isCatchingUp(Task now, String site, long nowMillis) {
        return now.live().isCatchingUp(site, nowMillis) || now.attendance().isAwaited(site, nowMillis);
    }

    private Task task() {
        if (task == null) {
            throw new IllegalStateException("not initialised");
        }
        return task;
    }
}
