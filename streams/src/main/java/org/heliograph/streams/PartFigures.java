package org.heliograph.streams;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.heliograph.streams.alert.AlertPart;
import org.heliograph.streams.alert.ReceiverState;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.streams.health.Vitals;
import org.heliograph.streams.influx.InfluxSink;
import org.heliograph.streams.influx.Progress;
import org.heliograph.streams.page.LivePage;
import org.heliograph.streams.page.PageBoard;
import org.heliograph.streams.page.PageFeed;
import org.heliograph.streams.topology.EngineRun;
import org.heliograph.telemetry.Exposition;
import org.heliograph.telemetry.wire.v1.Canary;
import org.jspecify.annotations.Nullable;

/** What the parts say of themselves: how each is, and figures for Prometheus. */
final class PartFigures {
    private static final String STARTING = "starting";

    /** Of all metrics' names. */
    private static final String PREFIX = "heliograph_";

    private final Exposition to = new Exposition();

    private PartFigures() {}

    /**
     * A part that starts has its figure, too: one that is absent is compared with nothing.
     *
     * @param settings which parts there are to be
     * @param nowMillis what ages count from
     */
    static Vitals of(StreamsSettings settings, Parts parts, long nowMillis) {
        PartFigures figures = new PartFigures();
        Map<String, String> states = new HashMap<>();
        if (settings.engine().enabled()) {
            states.put("engine", figures.engine(parts.engine()));
        }
        if (settings.sink().enabled()) {
            states.put("sink", figures.sink(parts.sink()));
        }
        if (settings.page().enabled()) {
            states.put("page", figures.page(parts.page(), parts.feed(), parts.board(), nowMillis));
        }
        if (settings.alerts().enabled()) {
            states.put("alerts", figures.alerts(parts.alerts()));
        }
        return new Vitals(states, figures.to.process().toString());
    }

    private String engine(@Nullable EngineRun engine) {
        boolean isRunning = engine != null && Parts.isRunning(engine);
        to.gauge(PREFIX + "engine_running", "Whether the engine processes.", isRunning ? 1 : 0);
        if (engine == null) {
            return STARTING;
        }
        engine.lag()
                .ifPresent(lag -> to.gauge(
                        PREFIX + "engine_lag_records", "Records to take, of the partition furthest behind.", lag));
        engine.refused()
                .forEach((cause, total) -> to.counter(
                        PREFIX + "engine_refused_total",
                        "Records of telemetry that went to the dead letters.",
                        total,
                        "reason",
                        cause.label()));
        return engine.isWell() ? Vitals.OK : engine.state();
    }

    private String sink(@Nullable InfluxSink sink) {
        if (sink == null) {
            sinkUp(false);
            return STARTING;
        }
        Progress progress = sink.progress();
        boolean isUp = progress.problem().isEmpty();
        sinkUp(isUp);
        to.counter(PREFIX + "sink_records_total", "Records dealt with.", progress.records());
        to.counter(PREFIX + "sink_points_total", "Points written to the store.", progress.points());
        to.counter(PREFIX + "sink_rejected_total", "Records that the store refused.", progress.rejected());
        sink.lag()
                .ifPresent(lag -> to.gauge(
                        PREFIX + "sink_lag_records", "Records to write, of the partition furthest behind.", lag));
        return isUp ? Vitals.OK : progress.problem();
    }

    private void sinkUp(boolean isUp) {
        to.gauge(PREFIX + "sink_up", "Whether figures come from Kafka, and the store takes points.", isUp ? 1 : 0);
    }

    private String page(@Nullable LivePage page, @Nullable PageFeed feed, PageBoard board, long nowMillis) {
        if (page != null) {
            to.gauge(PREFIX + "page_clients", "Browsers that follow the live page.", page.clients());
        }
        to.gauge(PREFIX + "page_sites_left_out", "Sites that the page has no room for.", board.leftOut());
        board.liveAgeMillis(nowMillis)
                .ifPresent(millis -> to.gauge(
                        PREFIX + "page_live_age_seconds",
                        "Since the engine's latest live state, of the site whose is oldest.",
                        millis / 1e3));
        canaries(board.canaries(), nowMillis);
        String problem = feed == null ? STARTING : feed.problem();
        to.gauge(PREFIX + "page_feed_up", "Whether the page can read.", problem.isEmpty() ? 1 : 0);
        return problem.isEmpty() ? Vitals.OK : problem;
    }

    /** Of the slowest, and of the one that has been silent for the longest. */
    private void canaries(List<Canary> canaries, long nowMillis) {
        canaries.stream()
                .filter(Canary::hasTravelMs)
                .mapToLong(Canary::getTravelMs)
                .max()
                .ifPresent(millis -> to.gauge(
                        PREFIX + "canary_travel_seconds",
                        "From an agent to the engine, of the slowest.",
                        millis / 1e3));
        canaries.stream()
                .mapToLong(Canary::getSungMs)
                .min()
                .ifPresent(millis -> to.gauge(
                        PREFIX + "canary_age_seconds",
                        "Since the latest that has arrived, of the agent silent for the longest.",
                        Math.max(0, nowMillis - millis) / 1e3));
    }

    private String alerts(@Nullable AlertPart alerts) {
        boolean isLeading = alerts != null && alerts.isLeading();
        to.gauge(PREFIX + "alerts_leading", "Whether this instance judges and tells.", isLeading ? 1 : 0);
        if (alerts == null) {
            return STARTING;
        }
        for (ReceiverState receiver : alerts.receivers()) {
            String[] labels = {"receiver", receiver.name()};
            int up = receiver.problem().isEmpty() ? 1 : 0;
            to.gauge(PREFIX + "alerts_receiver_up", "Whether the receiver takes alerts.", up, labels);
            to.counter(
                    PREFIX + "alerts_refused_total",
                    "Alerts that the receiver will never take.",
                    receiver.refused(),
                    labels);
        }
        String problem = alerts.problem();
        return problem.isEmpty() ? Vitals.OK : problem;
    }
}
