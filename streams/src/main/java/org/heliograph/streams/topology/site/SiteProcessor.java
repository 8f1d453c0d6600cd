package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.Output;
import org.heliograph.streams.topology.state.ParsedSites;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.SiteInput;
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

    private final EngineSettings settings;
    private final Factors factors;
    private final ParsedSites parsedSites;
    private @Nullable SiteTask task;
    private List<Cancellable> scheduled = List.of();

    public SiteProcessor(EngineSettings settings, Factors factors, ParsedSites parsedSites) {
        this.settings = settings;
        this.parsedSites = parsedSites;
        this.factors = factors;
    }

    @Override
    public void init(ProcessorContext<String, Output> context) {
        SiteTask begun = new SiteTask(context, settings, SiteStores.open(context, factors, parsedSites));
        task = begun;
        // a task that Kafka Streams revives is the same one, and has its schedules still
        scheduled.forEach(Cancellable::cancel);
        scheduled = List.of(
                context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, begun::publishWindows),
                context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, begun::publishLive),
                context.schedule(SpareTime.interval(), PunctuationType.WALL_CLOCK_TIME, begun::restate),
                context.schedule(PURGE_INTERVAL, PunctuationType.WALL_CLOCK_TIME, begun::purge));
    }

    @Override
    public void process(Record<String, byte[]> siteRecord) {
        if (task == null) {
            throw new IllegalStateException("not initialised");
        }
        SiteInput input = StateException.read("site-inputs", siteRecord.value(), SiteInput::parseFrom);
        task.take(siteRecord.key(), input);
    }
}
