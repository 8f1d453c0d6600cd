package org.heliograph.streams.topology.device;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.heliograph.streams.ingest.Gate;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.ingest.Verdict;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.Output;
import org.heliograph.streams.topology.state.Pace;
import org.heliograph.streams.topology.state.ParsedSites;
import org.heliograph.streams.topology.state.Refusals;
import org.heliograph.streams.topology.state.SiteModels;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.site.SiteModel;
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
    private final ParsedSites parsedSites;
    private @Nullable Task task;
    private List<Cancellable> scheduled = List.of();

    public DeviceProcessor(EngineSettings settings, ParsedSites parsedSites) {
        this.settings = settings;
        this.parsedSites = parsedSites;
    }

    /** What a processor has once Kafka Streams has given it its context. */
    private record Task(
            ProcessorContext<String, Output> context,
            SiteModels sites,
            DeviceStores stores,
            Absence absence,
            Acceptance acceptance,
            Measurement measurement,
            LiveShares live,
            AgentBook agents,
            Refusals refusals,
            Pace pace) {}

    @Override
    public void init(ProcessorContext<String, Output> context) {
        SiteModels sites = new SiteModels(context.getStateStore(SiteModels.STORE), parsedSites);
        int partition = context.taskId().partition();
        long nowMillis = context.currentSystemTimeMs();
        DeviceStores stores = DeviceStores.open(context, settings, nowMillis);
        Absence absence = new Absence(settings, partition, stores.dirty(), nowMillis);
        EngineSettings kept = settings.by(absence::keptByMillis);
        stores.devices().recall(stores.dirty(), kept.oldestBacklogMillis(nowMillis));
        AgentBook agents = new AgentBook();
        Pace pace = Pace.ofThisThread(settings.publishInterval());
        task = new Task(
                context,
                sites,
                stores,
                absence,
                new Acceptance(stores, agents, pace, kept),
                measurement(context, kept, sites, stores),
                new LiveShares(sites, stores.devices(), agents, absence, partition),
                agents,
                new Refusals(context.metrics()),
                pace);
        // a task that Kafka Streams revives is the same one, and has its schedules still
        scheduled.forEach(Cancellable::cancel);
        scheduled = List.of(
                context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, this::measure),
                context.schedule(settings.liveInterval(), PunctuationType.WALL_CLOCK_TIME, this::publishLive),
                context.schedule(PURGE_INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::purge));
    }

    private static Measurement measurement(
            ProcessorContext<String, Output> context, EngineSettings settings, SiteModels sites, DeviceStores stores) {
        return new Measurement(
                context,
                settings,
                sites,
                stores,
                new Irregularities(context.getStateStore(Irregularities.STORE), stores.samples()),
                new Standstills(context.getStateStore(Standstills.STORE)),
                new LongSilences(context.getStateStore(LongSilences.STORE), stores.samples()));
    }

    @Override
    public void process(Record<String, byte[]> packRecord) {
        Task now = task();
        Instant clock = Instant.ofEpochMilli(now.context().currentSystemTimeMs());
        Scope.Arrival arrival = arrival(now, clock);
        Optional<PackHeader> header = PackHeader.read(packRecord.key(), packRecord.value());
        now.stores().gaps().saw(header, arrival.offset(), clock.toEpochMilli());
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
            SiteModel site = now.sites().model(pack.device().site()).orElseThrow();
            pack.readings()
                    .ifPresent(readings ->
                            now.acceptance().accept(site, packRecord.key(), pack, readings, clock.toEpochMilli()));
            pack.presence().ifPresent(told -> {
                now.stores().devices().told(pack.device(), told, clock.toEpochMilli());
                now.stores().dirty().touch(packRecord.key());
            });
        });
        now.absence().took(arrival.offset(), clock.toEpochMilli());
    }

    private Scope.Arrival arrival(Task now, Instant clock) {
        RecordMetadata met = now.context().recordMetadata().orElseThrow();
        long lateBy = now.absence().lateByMillis(met.offset(), clock.toEpochMilli());
        return new Scope.Arrival(met.partition(), met.offset(), clock, Instant.ofEpochMilli(lateBy));
    }

    private void measure(long nowMillis) {
        Task now = task();
        if (now.pace().isTime(nowMillis) && now.measurement().measure(nowMillis)) {
            show(now, nowMillis);
        }
        if (!now.absence().isOver()) {
            boolean isMeasured = now.stores().dirty().oldestMillis() >= settings.oldestMinuteMillis(nowMillis);
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
        now.stores().gaps().at(nowMillis).forEach((site, input) -> toSite(now, site, input, nowMillis));
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
