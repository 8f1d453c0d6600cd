package org.heliograph.streams;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.InterruptException;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.streams.page.AddressUnavailableException;
import org.heliograph.telemetry.Stopping;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code heliograph streams run}. */
@Command(
        name = "run",
        description = "Run the enabled parts (engine, sink, page, alerts) until stopped by Ctrl-C or SIGTERM.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "All parts run in this one process unless streams.yaml disables them (enabled: false). To scale parts separately, run "
                    + "several processes with different parts enabled.",
            "",
            "Example:",
            "  ./heliograph streams run streams.yaml"
        })
final class RunCommand implements Callable<Integer> {
    /** An engine that goes on after a longer one would refuse as late what came in time and waited. */
    private static final Duration LONGEST_LEAP = Duration.ofHours(1);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final ConfigFile config = new ConfigFile();

    private final InstantSource clock;

    RunCommand() {
        this(InstantSource.system());
    }

    /** @param clock the system's, as Kafka's clients see it */
    RunCommand(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Integer call() throws InterruptedException {
        return Work.by(config.path(), spec, this::run);
    }

    private int run(StreamsSettings settings) throws ExecutionException, IOException, AddressUnavailableException {
        ClockWatch watch = ClockWatch.start(
                clock,
                settings.engine().enabled() ? LONGEST_LEAP : ClockWatch.ANY_LEAP,
                Thread.currentThread()::interrupt);
        try (Stopping _ = Stopping.interruptsThisThread();
                Parts parts = new Parts(settings);
                watch) {
            parts.start(spec.commandLine().getOut());
            return failed("the " + parts.awaitFailure() + " stopped; the log says why");
        } catch (InterruptedException | InterruptException _) {
            return watch.reason().map(this::failed).orElse(Main.OK);
        }
    }

    private int failed(String reason) {
        spec.commandLine().getErr().println("heliograph streams: " + reason);
        return Main.FAILED;
    }
}
