package org.heliograph.streams.topology.device;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.Output;
import org.heliograph.streams.topology.state.ParsedSites;
import org.heliograph.streams.topology.state.SiteModels;
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
    private @Nullable DeviceTask task;
    private List<Cancellable> scheduled = List.of();

    public DeviceProcessor(EngineSettings settings, ParsedSites parsedSites) {
        this.settings = settings;
        this.parsedSites = parsedSites;
    }

    @Override
    public void init(ProcessorContext<String, Output> context) {
        SiteModels sites = new SiteModels(context.getStateStore(SiteModels.STORE), parsedSites);
        DeviceTask begun = new DeviceTask(context, settings, sites);
        task = begun;
        // a task that Kafka Streams revives is the same one, and has its schedules still
        scheduled.forEach(Cancellable::cancel);
        scheduled = List.of(
                context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, begun::measure),
                context.schedule(settings.liveInterval(), PunctuationType.WALL_CLOCK_TIME, begun::publishLive),
                context.schedule(PURGE_INTERVAL, PunctuationType.WALL_CLOCK_TIME, begun::purge));
    }

    @Override
    public void process(Record<String, byte[]> packRecord) {
        if (task == null) {
            throw new IllegalStateException("not initialised");
        }
        task.take(packRecord);
    }
}
