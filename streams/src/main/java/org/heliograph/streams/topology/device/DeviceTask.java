package org.heliograph.streams.topology.device;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.heliograph.streams.ingest.Gate;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.ingest.Verdict;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.Output;
import org.heliograph.streams.topology.state.Pace;
import org.heliograph.streams.topology.state.Refusals;
import org.heliograph.streams.topology.state.SiteModels;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.Dispatch;

/** The device side of one task, once Kafka Streams has given it its context: its parts, and what it does at its ticks. */
final class DeviceTask {
    private final ProcessorContext<String, Output> context;
    private final EngineSettings settings;
    private final SiteModels sites;
    private final DeviceStores stores;
    private final Absence absence;
    private final Acceptance acceptance;
    private final Measurement measurement;
    private final LiveShares live;
    private final AgentBook agents = new AgentBook();
    private final Refusals refusals;
    private final Pace pace;

    DeviceTask(ProcessorContext<String, Output> context, EngineSettings settings, SiteModels sites) {
        this.context = context;
        this.settings = settings;
        this.sites = sites;
        int partition = context.taskId().partition();
        long nowMillis = context.currentSystemTimeMs();
        stores = DeviceStores.open(context, settings, nowMillis);
        absence = new Absence(settings, partition, stores.dirty(), nowMillis);
        EngineSettings kept = settings.by(absence::keptByMillis);
        stores.devices().recall(stores.dirty(), kept.oldestBacklogMillis(nowMillis));
        pace = Pace.ofThisThread(settings.publishInterval());
        acceptance = new Acceptance(stores, agents, pace, kept);
        measurement = measurement(context, kept, sites, stores);
        live = new LiveShares(sites, stores.devices(), agents, absence, partition);
        refusals = new Refusals(context.metrics());
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

    void take(Record<String, byte[]> packRecord) {
        Instant clock = Instant.ofEpochMilli(context.currentSystemTimeMs());
        Scope.Arrival arrival = arrival(clock);
        Optional<PackHeader> header = PackHeader.read(packRecord.key(), packRecord.value());
        stores.gaps().saw(header, arrival.offset(), clock.toEpochMilli());
        header.filter(pack -> sites.model(pack.device().site()).isPresent()) // others could be any number
                .ifPresent(pack -> {
                    agents.saw(pack, packRecord.timestamp(), packRecord.headers(), clock.toEpochMilli());
                    live.heard(pack.device().site());
                });
        Verdict verdict = Gate.judge(packRecord.key(), packRecord.value(), sites::model, settings.scope(), arrival);
        verdict.rejection().ifPresent(rejection -> {
            refusals.count(rejection.cause());
            context.forward(Output.rejected(context, packRecord, rejection.reason()));
        });
        if (verdict.accepted().isPresent()) {
            accept(packRecord.key(), verdict.accepted().get(), clock.toEpochMilli());
        }
        absence.took(arrival.offset(), clock.toEpochMilli());
    }

    /**
     * Plain branches where every pack comes by, here and in {@link Measurement}: lambdas within each other are compiled one
     * by one, each with all that is in it, and in the first minute compiling costs as much as the work.
     */
    private void accept(String deviceKey, Dispatch pack, long nowMillis) {
        if (pack.readings().isPresent()) {
            SiteModel site = sites.model(pack.device().site()).orElseThrow();
            acceptance.accept(site, deviceKey, pack, pack.readings().get(), nowMillis);
        }
        pack.presence().ifPresent(told -> {
            stores.devices().told(pack.device(), told, nowMillis);
            stores.dirty().touch(deviceKey);
        });
    }

    private Scope.Arrival arrival(Instant clock) {
        RecordMetadata met = context.recordMetadata().orElseThrow();
        long lateBy = absence.lateByMillis(met.offset(), clock.toEpochMilli());
        return new Scope.Arrival(met.partition(), met.offset(), clock, Instant.ofEpochMilli(lateBy));
    }

    void measure(long nowMillis) {
        if (pace.isTime(nowMillis) && measurement.measure(nowMillis)) {
            show(nowMillis);
        }
        if (!absence.isOver()) {
            boolean isMeasured = stores.dirty().oldestMillis() >= settings.oldestMinuteMillis(nowMillis);
            absence.measured(isMeasured, nowMillis);
        }
    }

    /** Whoever looks at the present is to see what was sent on now, not at the next commit. */
    private void show(long nowMillis) {
        if (pace.shows(nowMillis)) {
            context.commit();
        }
    }

    /** While it catches up nothing is forgotten: a reading that has waited may need all of it. */
    void purge(long nowMillis) {
        if (absence.isOver()) {
            measurement.purge(nowMillis);
        }
    }

    void publishLive(long nowMillis) {
        Map<String, SiteInput> shares = live.at(nowMillis);
        shares.forEach((site, input) -> toSite(site, input, nowMillis));
        if (!shares.isEmpty()) {
            show(nowMillis);
        }
        stores.gaps().at(nowMillis).forEach((site, input) -> toSite(site, input, nowMillis));
    }

    private void toSite(String site, SiteInput input, long nowMillis) {
        context.forward(new Record<>(site, new Output.ToSite(input), nowMillis));
    }
}
