package org.heliograph.lab.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.heliograph.lab.pipeline.Folders;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.streams.config.SiteText;
import org.heliograph.telemetry.wire.Topics;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heliograph bench page}: how long after a reading people see it. */
@Command(
        name = "page",
        mixinStandardHelpOptions = true,
        description = {
            "The page: from a reading to the changed figure.",
            "",
            "From a reading to the changed figure: in hg.live, in the event streams of many clients, and in the document "
                    + "and on the screen of a headless Chromium, where there is one. Engine and page run as shipped, in one process, "
                    + "with a real broker."
        },
        footer = {"", "Examples:", "  ./heliograph bench page", "  ./heliograph bench page --clients 1000 --seconds 300"
        })
final class PageBench implements Callable<Integer> {
    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final int MOST_CLIENTS = 999;
    private static final double MEDIAN = 0.5;
    private static final double LATE = 0.99;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--devices",
            description = "Devices of one site, with one reading a second each. Default: ${DEFAULT-VALUE}")
    private int devices = 1_000;

    @Option(names = "--clients", description = "Clients that follow the event stream. Default: ${DEFAULT-VALUE}")
    private int clients = 200;

    @Option(names = "--seconds", description = "Seconds that are measured. Default: ${DEFAULT-VALUE}")
    private int seconds = 90;

    @Option(names = "--keep", description = "Keep the folder with the processes' output.")
    private boolean keep;

    private final Report report = new Report("page");

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (devices < Fleet.FEWEST_DEVICES || clients < 1 || clients > MOST_CLIENTS || seconds < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--devices is at least " + Fleet.FEWEST_DEVICES + ", --clients 1 to " + MOST_CLIENTS
                            + ", --seconds at least 1");
        }
        Path folder = Files.createTempDirectory("heliograph-bench-");
        try (Broker broker = Broker.start(folder.resolve("kafka"))) {
            Instant minute = Instant.now().truncatedTo(ChronoUnit.MINUTES);
            Fleet fleet = Fleet.of(1, devices, minute, Duration.ZERO, Shape.INSTANT);
            try (HeliographProcess streams =
                    HeliographProcess.streams(folder.resolve("streams"), config(folder, broker, fleet))) {
                measure(broker, fleet, streams, folder);
            }
        } finally {
            if (keep) {
                System.out.println("the processes' output is in " + folder);
            } else {
                Folders.delete(folder);
            }
        }
        report.finish();
        return 0;
    }

    private static Path config(Path folder, Broker broker, Fleet fleet) throws IOException {
        SiteText site = fleet.sites().getFirst();
        Files.writeString(folder.resolve("site.yaml"), site.yaml());
        return Files.writeString(folder.resolve("streams.yaml"), """
                kafka: {bootstrap: "%s"}
                sites: [site.yaml]
                engine: {instance: bench-1, state: state, devicePartitions: 4, sitePartitions: 1}
                sink: {enabled: false}
                page: {port: 0}
                """.formatted(broker.bootstrap()));
    }

    private void measure(Broker broker, Fleet fleet, HeliographProcess streams, Path folder)
            throws IOException, InterruptedException {
        URI page = URI.create(streams.ready("page").orElseThrow());
        Optional<Path> chromium = Tab.chromium();
        try (Tab tab = chromium.isPresent() ? new Tab(chromium.get(), folder.resolve("chromium"), page) : null) {
            if (tab == null) {
                System.out.println("no Chromium on the PATH: document and screen are not measured");
            }
            run(broker, fleet, page, tab);
        }
        new ProcessUsage(streams.pid())
                .cpu()
                .ifPresent(cpu -> report.add(
                        "streams_cpu",
                        cpu.toMillis() / 1e3 / WARM_UP.plusSeconds(seconds).toSeconds(),
                        "cores"));
    }

    private void run(Broker broker, Fleet fleet, URI page, @Nullable Tab tab) throws IOException, InterruptedException {
        PageRun.Seen seen = new PageRun(broker, fleet, Topics.DEFAULT)
                .run(page, clients, tab, WARM_UP, Duration.ofSeconds(seconds));
        report.add("devices", fleet.devices(), "").add("clients", clients, "");
        report.add("live_samples", seen.live().size(), "");
        report.add("live_median", quantile(seen.live(), MEDIAN), "ms");
        report.add("live_99th", quantile(seen.live(), LATE), "ms");
        stage("event", seen.events());
        if (tab != null) {
            stage("dom", seen.dom());
            stage("pixel", seen.pixel());
            if (seen.pixel().isEmpty()) {
                System.out.println("the browser has shown no reading; its page is "
                        + tab.evaluate("document.visibilityState + ': ' + document.body.innerText"));
            }
        }
    }

    private void stage(String name, List<Long> millis) {
        report.add(name + "_samples", millis.size(), "");
        report.add(name + "_median", quantile(millis, MEDIAN), "ms", "live_median");
        report.add(name + "_99th", quantile(millis, LATE), "ms", "live_99th");
    }

    private static double quantile(List<Long> sorted, double share) {
        return LatencyRun.Latencies.quantile(sorted, share);
    }
}
