package org.heliograph.streams;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.heliograph.streams.alert.AlertPart;
import org.heliograph.streams.config.SiteText;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.streams.influx.InfluxSink;
import org.heliograph.streams.page.AddressUnavailableException;
import org.heliograph.streams.page.Board;
import org.heliograph.streams.page.LivePage;
import org.heliograph.streams.page.PageFeed;
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
            ReportCommand.class
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
        throw new ParameterException(spec.commandLine(), "which command? run, check, reset, replay, store or report");
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

        private @Nullable EngineRun engine;

        /** Returns when the engine has stopped by itself; without an engine, never. */
        void awaitFailure() throws InterruptedException, ExecutionException {
            if (engine == null) {
                new CountDownLatch(1).await();
            } else {
                engine.stopped().get();
            }
        }

        void start(StreamsSettings settings, PrintWriter out)
                throws InterruptedException, ExecutionException, AddressUnavailableException {
            Board board = new Board();
            StringBuilder ready = new StringBuilder("ready");
            if (settings.page().enabled()) {
                // first: a port in use should be known before anything else is done
                LivePage page = keep(LivePage.start(settings.page(), board));
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
                keep(PageFeed.start(kafka, settings.kafka().topics(), board));
            }
            if (settings.sink().enabled()) {
                keep(InfluxSink.start(kafka, settings.kafka().topics(), settings.sink()));
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
