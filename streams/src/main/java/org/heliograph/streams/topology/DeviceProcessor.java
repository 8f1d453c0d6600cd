package org.heliograph.streams.topology;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.RegisterMeter;
import org.heliograph.streams.ingest.Gate;
import org.heliograph.streams.ingest.Samples;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.ingest.Verdict;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.DeadLetter;
import org.jspecify.annotations.Nullable;

/**
 * The device side: takes packs in, keeps their samples, and at intervals measures the minutes that they changed. Its
 * parts share the stores of one task, so of one partition.
 */
final class DeviceProcessor implements Processor<String, byte[], String, Emission> {
    private static final Duration PURGE_INTERVAL = Duration.ofMinutes(10);

    private final EngineSettings settings;
    private @Nullable Task task;

    DeviceProcessor(EngineSettings settings) {
        this.settings = settings;
    }

    /** What a processor has once Kafka Streams has given it its context. */
    private record Task(
            ProcessorContext<String, Emission> context,
            SiteModels sites,
            SampleStore samples,
            DirtyMinutes dirty,
            Presence presence,
            Measurement measurement,
            LiveShares live,
            LossBook losses) {}

    @Override
    public void init(ProcessorContext<String, Emission> context) {
        SiteModels sites = new SiteModels(context.getStateStore(SiteModels.STORE));
        SampleStore samples = new SampleStore(context.getStateStore(SampleStore.STORE));
        Presence presence = new Presence(context.getStateStore(Presence.STORE), samples);
        DirtyMinutes dirty = new DirtyMinutes(context.getStateStore(DirtyMinutes.STORE));
        int partition = context.taskId().partition();
        Measurement measurement = new Measurement(
                context,
                settings,
                sites,
                samples,
                new Irregularities(context.getStateStore(Irregularities.STORE), samples),
                dirty,
                presence,
                new Silences(context.getStateStore(Silences.STORE)),
                context.getStateStore(Measurement.STORE),
                partition);
        LiveShares live = new LiveShares(sites, presence, partition);
        LossBook losses = new LossBook(context.getStateStore(LossBook.STORE), partition);
        task = new Task(context, sites, samples, dirty, presence, measurement, live, losses);
        context.schedule(settings.publishInterval(), PunctuationType.WALL_CLOCK_TIME, measurement::measure);
        context.schedule(settings.liveInterval(), PunctuationType.WALL_CLOCK_TIME, this::publishLive);
        context.schedule(PURGE_INTERVAL, PunctuationType.WALL_CLOCK_TIME, measurement::purge);
    }

    @Override
    public void process(Record<String, byte[]> packRecord) {
        Task now = task();
        Instant clock = Instant.ofEpochMilli(now.context().currentSystemTimeMs());
        Scope.Arrival arrival = now.context()
                .recordMetadata()
                .map(met -> new Scope.Arrival(met.partition(), met.offset(), clock))
                .orElse(new Scope.Arrival(0, 0, clock));
        now.losses().saw(packRecord.key(), packRecord.value(), arrival.offset(), clock.toEpochMilli());
        Verdict verdict =
                Gate.judge(packRecord.key(), packRecord.value(), now.sites()::model, settings.scope(), arrival);
        verdict.rejection().ifPresent(reason -> reject(packRecord, reason));
        verdict.accepted().ifPresent(pack -> {
            pack.readings().ifPresent(readings -> accept(now, readings));
            pack.presence().ifPresent(told -> now.presence().told(pack.device(), told));
        });
    }

    private void accept(Task now, Readings readings) {
        SiteModel site = now.sites().model(readings.device().site()).orElseThrow();
        String deviceKey = readings.device().key();
        boolean late = readings.earliest().toEpochMilli()
                < now.presence().of(deviceKey).getTimeMs();
        now.presence().saw(readings, now.context().currentSystemTimeMs());
        SortedMap<Long, Samples> byMinute = new TreeMap<>();
        Samples all = Samples.of(readings);
        for (Series series : all.series()) {
            for (int i = 0; i < series.size(); i++) {
                byMinute.computeIfAbsent(
                        DeviceMinute.startOf(series.timeMillis(i)),
                        minute -> all.between(minute, minute + DeviceMinute.LENGTH_MILLIS));
            }
        }
        Set<Long> changed = new TreeSet<>(byMinute.keySet());
        byMinute.forEach((minute, added) -> {
            Samples after = now.samples().minute(deviceKey, minute).plus(added).thinned();
            now.samples().put(deviceKey, minute, after);
            site.device(readings.device().device(), Instant.ofEpochMilli(minute))
                    .or(() -> site.history(readings.device().device()).stream().findFirst())
                    .ifPresent(device -> addNeighbours(now, device, deviceKey, minute, added, after, late, changed));
        });
        now.dirty().mark(deviceKey, changed);
    }

    /** Minutes next to a changed one change with it, where the changed samples are the ones that bound them. */
    private void addNeighbours(
            Task now,
            Device device,
            String deviceKey,
            long minute,
            Samples added,
            Samples after,
            boolean late,
            Set<Long> changed) {
        Set<Point> metering = meteringPoints(device, deviceKey, now.presence());
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
            now.samples().before(deviceKey, minute, bounding).minutesMillis().stream()
                    .findFirst()
                    .ifPresent(first -> addAll(now, changed, first, minute));
        }
        if (late && closes) { // a register's next step is judged by the power before it too: look for all points
            SortedSet<Long> minutes =
                    now.samples().after(deviceKey, minute, metering).minutesMillis();
            if (!minutes.isEmpty()) {
                addAll(now, changed, minute, minutes.last());
            }
        }
    }

    /** Minutes that no late reading may change any more are left as they are, though a register's gap reaches there. */
    private void addAll(Task now, Set<Long> minutes, long from, long to) {
        long oldest = settings.oldestMinuteMillis(now.context().currentSystemTimeMs());
        for (long minute = Math.max(from, oldest); minute <= to; minute += DeviceMinute.LENGTH_MILLIS) {
            minutes.add(minute);
        }
    }

    /** The points that a device's energy is measured by: its role's registers and power, as far as it reports them. */
    static Set<Point> meteringPoints(Device device, String deviceKey, Presence presence) {
        Set<Point> points = EnumSet.noneOf(Point.class);
        points.addAll(DeviceMinute.registers(device));
        if (!points.isEmpty()) {
            points.add(Point.POWER);
        }
        points.removeIf(point -> !presence.hasSeen(deviceKey, point));
        return points;
    }

    private void publishLive(long nowMillis) {
        Task now = task();
        now.live().at(nowMillis).forEach((site, input) -> toSite(now, site, input, nowMillis));
        now.losses().at(nowMillis).forEach((site, input) -> toSite(now, site, input, nowMillis));
    }

    private static void toSite(Task now, String site, SiteInput input, long nowMillis) {
        now.context().forward(new Record<>(site, new Emission.ToSite(input), nowMillis));
    }

    private void reject(Record<String, byte[]> packRecord, String reason) {
        Task now = task();
        String source = now.context()
                .recordMetadata()
                .map(metadata -> metadata.topic() + "-" + metadata.partition() + "@" + metadata.offset())
                .orElse("unknown");
        Headers headers = new RecordHeaders()
                .add(DeadLetter.REASON, reason.getBytes(StandardCharsets.UTF_8))
                .add(DeadLetter.STAGE, "engine".getBytes(StandardCharsets.UTF_8))
                .add(DeadLetter.SOURCE, source.getBytes(StandardCharsets.UTF_8));
        byte[] value = packRecord.value() == null ? new byte[0] : packRecord.value();
        long clock = now.context().currentSystemTimeMs();
        now.context()
                .forward(new Record<>(
                        packRecord.key(), new Emission.Rejected(ByteString.copyFrom(value)), clock, headers));
    }

    private Task task() {
        if (task == null) {
            throw new IllegalStateException("not initialised");
        }
        return task;
    }
}
