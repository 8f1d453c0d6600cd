package org.heliograph.streams.topology.device;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.RegisterMeter;
import org.heliograph.streams.ingest.Gate;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.ingest.Verdict;
import org.heliograph.streams.sample.Samples;
import org.heliograph.streams.topology.samples.SampleStore;
import org.heliograph.streams.topology.state.CommitStore;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.Output;
import org.heliograph.streams.topology.state.Pace;
import org.heliograph.streams.topology.state.Refusals;
import org.heliograph.streams.topology.state.SiteModels;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.ClockQuality;
import org.heliograph.telemetry.wire.Dispatch;
import org.jspecify.annotations.Nullable;

/**
 * The device side: takes packs in, keeps their samples, and at intervals measures the minutes that they changed. Its
 * parts share the stores of one task, so of one partition.
 */
public final class DeviceProcessor implements Processor<String, byte[], String, Output> {
    private static final Duration PURGE_INTERVAL = Duration.ofMinutes(10);
    /** How often minutes are measured that the devices have gone past. */
    private static final Duration TICK = Duration.ofMillis(100);

    private final EngineSettings settings;
    private final AtomicLong sitesRevision;
    private @Nullable Task task;
    private List<Cancellable> scheduled = List.of();

    public DeviceProcessor(EngineSettings settings, AtomicLong sitesRevision) {
        this.settings = settings;
        this.sitesRevision = sitesRevision;
    }

    /** What a processor has once Kafka Streams has given it its context. */
    private record Task(
            ProcessorContext<String, Output> context,
            SiteModels sites,
            SampleStore samples,
            DirtyMinutes dirty,
            Absence absence,
            EngineSettings settings,
            DeviceBook devices,
            Measurement measurement,
            LiveShares live,
            GapBook gaps,
            AgentBook agents,
            Refusals refusals,
            Pace pace) {}

    @Override
    public void init(ProcessorContext<String, Output> context) {
        SiteModels sites = new SiteModels(context.getStateStore(SiteModels.STORE), sitesRevision);
        CommitStore atCommit = context.getStateStore(SampleStore.STORE);
        SampleStore samples = new SampleStore(atCommit.entries());
        SiteEnergies energies = new SiteEnergies(context.getStateStore(SiteEnergies.STORE));
        DeviceBook devices = new DeviceBook(context.getStateStore(DeviceBook.STORE), samples);
        int partition = context.taskId().partition();
        long nowMillis = context.currentSystemTimeMs();
        DirtyMinutes dirty = new DirtyMinutes(
                context.getStateStore(DirtyMinutes.STORE),
                partition,
                settings.oldestMinuteMillis(nowMillis),
                nowMillis);
        Absence absence = new Absence(settings, partition, dirty, nowMillis);
        EngineSettings kept = settings.by(absence::keptByMillis);
        devices.recall(dirty, kept.oldestBacklogMillis(nowMillis));
        GapBook gaps = new GapBook(context.getStateStore(GapBook.STORE), partition);
        atCommit.beforeCommit(() -> {
            samples.write();
            energies.write();
            devices.write(dirty);
            dirty.write();
            gaps.write();
        });
        Measurement measurement = new Measurement(
                context,
                kept,
                sites,
                samples,
                new Irregularities(context.getStateStore(Irregularities.STORE), samples),
                dirty,
                devices,
                new Standstills(context.getStateStore(Standstills.STORE)),
                new LongSilences(context.getStateStore(LongSilences.STORE), samples),
                energies,
                partition);
        AgentBook agents = new AgentBook();
        LiveShares live = new LiveShares(sites, devices, agents, absence, partition);
        Pace pace = Pace.ofThisThread(settings.publishInterval());
        Refusals refusals = new Refusals(context.metrics());
        task = new Task(
                context,
                sites,
                samples,
                dirty,
                absence,
                kept,
                devices,
                measurement,
                live,
                gaps,
                agents,
                refusals,
                pace);
        // a task that Kafka Streams revives is the same one, and has its schedules still
        scheduled.forEach(Cancellable::cancel);
        scheduled = List.of(
                context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, this::measure),
                context.schedule(settings.liveInterval(), PunctuationType.WALL_CLOCK_TIME, this::publishLive),
                context.schedule(PURGE_INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::purge));
    }

    @Override
    public void process(Record<String, byte[]> packRecord) {
        Task now = task();
        Instant clock = Instant.ofEpochMilli(now.context().currentSystemTimeMs());
        Scope.Arrival arrival = arrival(now, clock);
        Optional<PackHeader> header = PackHeader.read(packRecord.key(), packRecord.value());
        now.gaps().saw(header, arrival.offset(), clock.toEpochMilli());
        header.filter(pack -> now.sites().model(pack.device().site()).isPresent()) // others could be any number
                .ifPresent(pack -> {
                    now.agents().saw(pack, packRecord.timestamp(), packRecord.headers(), clock.toEpochMilli());
                    now.live().heard(pack.device().site());
                });
        Verdict verdict =
                Gate.judge(packRecord.key(), packRecord.value(), now.sites()::model, settings.scope(), arrival);
        verdict.rejection().ifPresent(rejection -> {
            now.refusals().count(rejection.cause());
            now.context().forward(Output.rejected(now.context(), packRecord, rejection.reason()));
        });
        verdict.accepted().ifPresent(pack -> {
            pack.readings().ifPresent(readings -> accept(now, packRecord.key(), pack, readings));
            pack.presence().ifPresent(told -> {
                now.devices().told(pack.device(), told, clock.toEpochMilli());
                now.dirty().touch(packRecord.key());
            });
        });
        now.absence().took(arrival.offset(), clock.toEpochMilli());
    }

    private Scope.Arrival arrival(Task now, Instant clock) {
        RecordMetadata met = now.context().recordMetadata().orElseThrow();
        long lateBy = now.absence().lateByMillis(met.offset(), clock.toEpochMilli());
        return new Scope.Arrival(met.partition(), met.offset(), clock, Instant.ofEpochMilli(lateBy));
    }

    private void accept(Task now, String deviceKey, Dispatch pack, Readings readings) {
        SiteModel site = now.sites().model(readings.device().site()).orElseThrow();
        SeenDevice before = now.devices().of(deviceKey);
        Samples all = Samples.of(readings);
        boolean late = before != null && all.earliestMillis() < before.timeMillis();
        SeenDevice seen = now.devices().saw(deviceKey, readings, now.context().currentSystemTimeMs());
        boolean isOwnClock = pack.clock() == ClockQuality.DEVICE;
        seen.heard(
                now.context().currentSystemTimeMs(),
                isOwnClock
                        ? now.agents().behindMillis(site.site(), pack.origin().agent(), all.latestMillis())
                        : 0);
        now.pace().took(all.latestMillis());
        long first = DeviceMinute.startOf(all.earliestMillis());
        if (all.latestMillis() < first + DeviceMinute.LENGTH_MILLIS) {
            accept(now, site, seen, first, all, late);
            return;
        }
        SortedSet<Long> minutes = new TreeSet<>();
        for (Series series : all.series()) {
            for (int i = 0; i < series.size(); i++) {
                minutes.add(DeviceMinute.startOf(series.timeMillis(i)));
            }
        }
        minutes.forEach(minute ->
                accept(now, site, seen, minute, all.between(minute, minute + DeviceMinute.LENGTH_MILLIS), late));
    }

    private void accept(Task now, SiteModel site, SeenDevice seen, long minute, Samples added, boolean late) {
        now.dirty().mark(seen.key(), minute);
        Samples after = now.samples().add(seen.key(), minute, added);
        Set<Point> metering = meteringPoints(site.history(seen.id().device()), seen);
        if (!metering.isEmpty()) {
            markNeighbours(now, metering, seen, minute, added, after, late);
        }
    }

    /** Minutes next to a changed one change with it, where the changed samples are the ones that bound them. */
    private void markNeighbours(
            Task now, Set<Point> metering, SeenDevice seen, long minute, Samples added, Samples after, boolean late) {
        Set<Point> bounding = EnumSet.noneOf(Point.class);
        boolean closes = false;
        for (Point point : metering) {
            Series some = added.of(point).orElse(null);
            Series whole = after.of(point).orElse(null);
            if (some == null || whole == null) {
                continue;
            }
            if (some.timeMillis(0) <= whole.timeMillis(Math.min(RegisterMeter.CONTEXT, whole.size()) - 1)) {
                bounding.add(point);
            }
            closes = true;
        }
        if (!bounding.isEmpty()) {
            long first = now.samples().farthestBefore(seen.key(), minute, bounding);
            markAll(now, seen, first, minute - DeviceMinute.LENGTH_MILLIS); // the minute itself is marked already
        }
        if (late && closes) { // a register's next step is judged by the power before it too: look for all points
            SortedSet<Long> minutes =
                    now.samples().after(seen.key(), minute, metering).minutesMillis();
            if (!minutes.isEmpty()) {
                markAll(now, seen, minute, minutes.last());
            }
        }
    }

    /** Minutes that no late reading may change any more are left as they are, though a register's gap reaches there. */
    private void markAll(Task now, SeenDevice seen, long from, long to) {
        long oldest = now.settings().oldestMinuteMillis(now.context().currentSystemTimeMs());
        now.dirty().mark(seen.key(), Math.max(from, oldest), to);
    }

    /**
     * The points that a device's energy is measured by: its roles' registers and power, as far as it reports them. Of all
     * of its entries, whenever they are valid: what a step means may depend on readings of a time that has another.
     */
    static Set<Point> meteringPoints(List<Device> entries, SeenDevice seen) {
        Set<Point> points = EnumSet.noneOf(Point.class);
        for (Device entry : entries) {
            points.addAll(DeviceMinute.registers(entry));
        }
        if (!points.isEmpty()) {
            points.add(Point.POWER);
        }
        points.removeIf(point -> !seen.hasSeen(point));
        return points;
    }

    private void measure(long nowMillis) {
        Task now = task();
        if (now.pace().isTime(nowMillis) && now.measurement().measure(nowMillis)) {
            show(now, nowMillis);
        }
        if (!now.absence().isOver()) {
            boolean isMeasured = now.dirty().oldestMillis() >= settings.oldestMinuteMillis(nowMillis);
            now.absence().measured(isMeasured, nowMillis);
        }
    }

    /** Whoever looks at the present is to see what was sent on now, not at the next commit. */
    private static void show(Task now, long nowMillis) {
        if (now.pace().shows(nowMillis)) {
            now.context().commit();
        }
    }

    /** While it catches up nothing is forgotten: a reading that has waited may need all of it. */
    private void purge(long nowMillis) {
        Task now = task();
        if (now.absence().isOver()) {
            now.measurement().purge(nowMillis);
        }
    }

    private void publishLive(long nowMillis) {
        Task now = task();
        Map<String, SiteInput> shares = now.live().at(nowMillis);
        shares.forEach((site, input) -> toSite(now, site, input, nowMillis));
        if (!shares.isEmpty()) {
            show(now, nowMillis);
        }
        now.gaps().at(nowMillis).forEach((site, input) -> toSite(now, site, input, nowMillis));
    }

    private static void toSite(Task now, String site, SiteInput input, long nowMillis) {
        now.context().forward(new Record<>(site, new Output.ToSite(input), nowMillis));
    }

    private Task task() {
        if (task == null) {
            throw new IllegalStateException("not initialised");
        }
        return task;
    }
}
