package org.heliograph.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.heliograph.lab.pipeline.Folders;
import org.heliograph.lab.pipeline.LedgerCheck;
import org.heliograph.lab.pipeline.LedgerCheck.Difference;
import org.heliograph.lab.pipeline.Pipeline;
import org.heliograph.lab.pipeline.Plan;
import org.heliograph.lab.pipeline.Settling;
import org.heliograph.telemetry.yaml.ConfigurationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A day of the simulated site through everything, on one machine: from the first device's reading to the last minute in
 * the store, whole and equal to the ledger. Says what share of the processor time each part took.
 */
@Command(
        name = "pipeline",
        mixinStandardHelpOptions = true,
        description = "A day of the simulated site through everything, from device to store.",
        footer = {"", "Examples:", "  ./heliograph bench pipeline", "  ./heliograph bench pipeline --hours 2"})
final class PipelineBench implements Callable<Integer> {
    private static final Duration CADENCE = Duration.ofMinutes(1);
    private static final int INSTANTS_PER_PACK = 10;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int MOST_RACKS = 624;
    private static final int MOST_HOURS = 24;
    private static final double NANOS_PER_SECOND = 1e9;

    @Option(names = "--racks", description = "Size of the site. Default: ${DEFAULT-VALUE}")
    private int racks = 190;

    @Option(names = "--hours", description = "How many hours, up to the last whole one. Default: ${DEFAULT-VALUE}")
    private int hours = 24;

    @Override
    public Integer call() throws IOException, ConfigurationException, InterruptedException {
        if (racks < 1 || racks > MOST_RACKS || hours < 1 || hours > MOST_HOURS) {
            System.err.println("heliograph bench: --racks is 1 to " + MOST_RACKS + ", --hours 1 to " + MOST_HOURS);
            return 2;
        }
        Instant to = Instant.now().truncatedTo(ChronoUnit.HOURS);
        Instant from = to.minus(Duration.ofHours(hours)); // of which the oldest isn't too late, whenever this is run
        Path folder = Files.createTempDirectory("heliograph-bench-");
        try (Pipeline pipeline = Pipeline.start(
                Plan.of(folder, from).withRacks(racks), part -> System.out.println("starting " + part))) {
            Map<String, Duration> before = processorTimes(pipeline);
            long startNanos = System.nanoTime();
            AtomicLong readings = new AtomicLong();
            pipeline.site().replay(from, to, CADENCE, INSTANTS_PER_PACK, (_, _, count) -> readings.set(count));
            double toldSeconds = (System.nanoTime() - startNanos) / NANOS_PER_SECOND;
            boolean whole = pipeline.awaitWholeMinutes(from, to, PATIENCE, _ -> {});
            double seconds = (System.nanoTime() - startNanos) / NANOS_PER_SECOND;
            Map<String, Duration> after = processorTimes(pipeline);
            List<Difference> differences =
                    Settling.wrong(pipeline, PATIENCE, () -> differences(pipeline.check(), from, to));

            report(pipeline, readings.get(), toldSeconds, seconds, before, after);
            System.out.println(
                    whole && differences.isEmpty()
                            ? "every figure equals the ledger"
                            : "NOT a valid run: " + differences.size() + " figures differ from the ledger");
            return whole && differences.isEmpty() ? 0 : 1;
        } finally {
            Folders.delete(folder);
        }
    }

    private void report(
            Pipeline pipeline,
            long readings,
            double toldSeconds,
            double seconds,
            Map<String, Duration> before,
            Map<String, Duration> after)
            throws IOException {
        Report report = new Report("pipeline")
                .add("devices", pipeline.site().model().devices().size(), "")
                .add("simulated", hours, "h")
                .add("device_to_store", seconds, "s")
                .add("devices_done", toldSeconds, "s", "device_to_store")
                .add("readings", (double) readings, "")
                .add("readings_per_second", (double) readings / seconds, "1/s");
        double total = 0;
        for (Map.Entry<String, Duration> part : after.entrySet()) {
            total += used(part, before);
        }
        report.add("cpu_total", total, "s", "device_to_store");
        for (Map.Entry<String, Duration> part : after.entrySet()) {
            report.add("cpu_" + part.getKey(), used(part, before), "s", "cpu_total");
        }
        report.finish();
    }

    private static double used(Map.Entry<String, Duration> part, Map<String, Duration> before) {
        return part.getValue()
                        .minus(before.getOrDefault(part.getKey(), Duration.ZERO))
                        .toNanos()
                / NANOS_PER_SECOND;
    }

    /** The processor time of every part; the simulated devices are this process. */
    private static Map<String, Duration> processorTimes(Pipeline pipeline) {
        Map<String, Duration> times = new LinkedHashMap<>();
        times.put("devices", cpu(ProcessHandle.current().pid()));
        for (String part : List.of("mqtt", "agent", "kafka", "streams", "store")) {
            Long pid = pipeline.pids().get(part);
            if (pid != null) {
                times.put(part, cpu(pid));
            }
        }
        return times;
    }

    private static Duration cpu(long pid) {
        return new ProcessUsage(pid).cpu().orElse(Duration.ZERO);
    }

    private static List<Difference> differences(LedgerCheck check, Instant from, Instant to) {
        return Stream.concat(
                        check.windows("1m", Duration.ofMinutes(1), from, to).stream()
                                .flatMap(window -> window.differences().stream()),
                        check.devices().differences(from, to).stream())
                .toList();
    }
}
