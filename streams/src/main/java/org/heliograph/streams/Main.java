package org.heliograph.streams;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.heliograph.streams.alert.AlertPart;
import org.heliograph.streams.config.SiteText;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.streams.influx.InfluxSink;
import org.heliograph.streams.influx.Progress;
import org.heliograph.streams.page.AddressUnavailableException;
import org.heliograph.streams.page.Board;
import org.heliograph.streams.page.LivePage;
import org.heliograph.streams.page.PageFeed;
import org.heliograph.streams.page.Vitals;
import org.heliograph.streams.topology.EngineRun;
import org.heliograph.streams.topology.TopicPlan;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heliograph streams}. Exit status: 0 ok, 1 failed, 2 wrong usage or configuration. */
@Command(
        name = "heliograph streams",
        description = "The engine, the sink and the live page.",
        mixinStandardHelpOptions = true,
        subcommands = {
            Main.Run.class,
            Main.Check.class,
            ResetCommand.class,
            ReplayCommand.class,
            StoreCommand.class,
            ReportCommand.class,
            TopicsCommand.class
        })
public final class Main implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    static final int OK = 0;
    static final int FAILED = 1;
    static final int WRONG = 2;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main());
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "which command? run, check, reset, replay, store, report or topics");
    }

    @Command(
            name = "run",
            description = "Run until stopped (Ctrl-C, SIGTERM).",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "The parts that streams.yaml enables run in this process: engine, sink, page, alerts. Switch parts off to",
                "scale them apart.",
                "",
                "Example:",
                "  heliograph streams run streams.yaml"
            })
    static final class Run implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Parameters(paramLabel = "CONFIG", description = "streams.yaml")
        private Path config = Path.of("streams.yaml");

        @Override
        public Integer call() throws InterruptedException {
            StreamsSettings settings;
            try {
                settings = StreamsSettings.read(config);
            } catch (ConfigurationException e) {
                spec.commandLine().getErr().println(e.getMessage());
                return WRONG;
            }
            CountDownLatch stopped = new CountDownLatch(1);
            Thread main = Thread.currentThread();
            Thread hook = Thread.ofPlatform().unstarted(() -> {
                main.interrupt();
                awaitUninterruptibly(stopped);
            });
            Runtime.getRuntime().addShutdownHook(hook);
            try (Parts parts = new Parts()) {
                parts.start(settings, spec.commandLine().getOut());
                parts.awaitFailure();
                spec.commandLine().getErr().println("heliograph streams: the engine stopped; the log says why");
                return FAILED;
            } catch (InterruptedException _) {
                return OK;
            } catch (ExecutionException e) {
                spec.commandLine().getErr().println("heliograph streams: " + e.getCause());
                return FAILED;
            } catch (AddressUnavailableException e) {
                spec.commandLine().getErr().println("heliograph streams: " + e.getMessage());
                return FAILED;
            } finally {
                stopped.countDown();
            }
        }

        private static void awaitUninterruptibly(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Command(
            name = "check",
            description = "Check a configuration and the site models that it names, without running anything.",
            mixinStandardHelpOptions = true,
            footer = {"", "Example:", "  heliograph streams check streams.yaml"})
    static final class Check implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Parameters(paramLabel = "CONFIG", description = "streams.yaml")
        private Path config = Path.of("streams.yaml");

        @Override
        public Integer call() {
            try {
                StreamsSettings settings = StreamsSettings.read(config);
                PrintWriter out = spec.commandLine().getOut();
                for (SiteText site : settings.sites()) {
                    out.println("site " + site.model().site() + ": "
                            + site.model().devices().size() + " devices, zone "
                            + site.model().zone());
                }
                out.println("alerts: "
                        + (settings.alerts().enabled()
                                ? settings.alerts().rules().rules().size() + " rules"
                                : "off"));
                out.println(config + ": ok");
                return OK;
            } catch (ConfigurationException e) {
                spec.commandLine().getErr().println(e.getMessage());
                return WRONG;
            }
        }
    }

    /** The parts that run, closed in the reverse order of their start. */
    private static final class Parts implements AutoCloseable {
        private final Deque<AutoCloseable> started = new ArrayDeque<>();

        private volatile @Nullable EngineRun engine;
        private volatile @Nullable InfluxSink sink;
        private volatile @Nullable PageFeed feed;

        /** Returns when the engine has stopped by itself; without an engine, never. */
        void awaitFailure() throws InterruptedException, ExecutionException {
            EngineRun running = engine;
            if (running == null) {
                new CountDownLatch(1).await();
            } else {
                running.stopped().get();
            }
        }

        void start(StreamsSettings settings, PrintWriter out)
                throws InterruptedException, ExecutionException, AddressUnavailableException {
            Board board = new Board();
            StringBuilder ready = new StringBuilder("ready");
            if (settings.page().enabled()) {
                // first: a port in use should be known before anything else is done
                LivePage page = keep(LivePage.start(settings.page(), board, this::vitals));
                ready.append(" page=").append(page.address());
            }
            TopicPlan.apply(
                    settings.kafka(),
                    settings.sites(),
                    settings.factors(),
                    settings.engine().devicePartitions(),
                    settings.engine().sitePartitions());
            Map<String, Object> kafka = settings.kafka().clients();
            if (settings.page().enabled()) {
                feed = keep(PageFeed.start(kafka, settings.kafka().topics(), board));
            }
            if (settings.sink().enabled()) {
                sink = keep(InfluxSink.start(kafka, settings.kafka().topics(), settings.sink()));
                ready.append(" sink=").append(settings.sink().url());
            }
            if (settings.alerts().enabled()) {
                keep(AlertPart.start(kafka, settings.kafka().topics(), settings.alerts()));
            }
            if (settings.engine().enabled()) {
                EngineRun run = keep(EngineRun.start(settings.kafka(), settings.engine()));
                engine = run;
                run.running().get();
                ready.append(" engine=").append(settings.engine().application());
            }
            out.println(ready);
            out.flush();
        }

        /** Of the parts that run by now. */
        private Vitals vitals() {
            Map<String, String> parts = new HashMap<>();
            List<Vitals.Gauge> gauges = new ArrayList<>();
            EngineRun currentEngine = engine;
            if (currentEngine != null) {
                parts.put("engine", currentEngine.isWell() ? Vitals.OK : currentEngine.state());
                gauges.add(gauge("engine_running", "Whether the engine processes.", isRunning(currentEngine) ? 1 : 0));
                currentEngine
                        .lag()
                        .ifPresent(lag -> gauges.add(gauge(
                                "engine_lag_records", "Records to take, of the partition furthest behind.", lag)));
            }
            InfluxSink currentSink = sink;
            if (currentSink != null) {
                Progress progress = currentSink.progress();
                parts.put("sink", progress.problem().isEmpty() ? Vitals.OK : progress.problem());
                gauges.add(gauge(
                        "sink_up",
                        "Whether the store takes points.",
                        progress.problem().isEmpty() ? 1 : 0));
                gauges.add(counter("sink_records_total", "Records dealt with.", (double) progress.records()));
                gauges.add(counter("sink_points_total", "Points written to the store.", (double) progress.points()));
                gauges.add(counter(
                        "sink_rejected_total", "Records that the store refused.", (double) progress.rejected()));
                currentSink
                        .lag()
                        .ifPresent(lag -> gauges.add(
                                gauge("sink_lag_records", "Records to write, of the partition furthest behind.", lag)));
            }
            PageFeed currentFeed = feed;
            if (currentFeed != null) {
                parts.put("page", currentFeed.isTroubled() ? "the figures on Kafka can't be read" : Vitals.OK);
                gauges.add(gauge("page_feed_up", "Whether the page can read.", currentFeed.isTroubled() ? 0 : 1));
            }
            return new Vitals(parts, gauges);
        }

        private static boolean isRunning(EngineRun engine) {
            return engine.state().equals("RUNNING");
        }

        private static Vitals.Gauge gauge(String name, String help, double value) {
            return new Vitals.Gauge("heliograph_" + name, help, Vitals.Kind.GAUGE, value);
        }

        private static Vitals.Gauge counter(String name, String help, double value) {
            return new Vitals.Gauge("heliograph_" + name, help, Vitals.Kind.COUNTER, value);
        }

        private <T extends AutoCloseable> T keep(T part) {
            started.push(part);
            return part;
        }

        @Override
        public void close() {
            boolean interrupted = Thread.interrupted();
            for (AutoCloseable part : started) {
                try {
                    part.close();
                } catch (Exception e) {
                    LOG.error("event=stop-failed part={}", part.getClass().getSimpleName(), e);
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
