package org.heliograph.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.heliograph.lab.pipeline.Folders;
import org.heliograph.lab.server.HeliographProcess;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The engine against a raw loop and plain sums over the same records, what it keeps, and how long it takes. */
@Command(
        name = "engine",
        mixinStandardHelpOptions = true,
        description = {
            "Compares the engine with a raw poll loop and plain Kafka Streams sums.",
            "",
            "The engine over the same records as a raw poll-and-decode loop (= 1) and plain Kafka Streams windowed sums, "
                    + "each in a process of its own on one stream thread, with a real broker. Every minute that the engine "
                    + "publishes is compared with the ledger of the simulated devices."
        },
        footer = {
            "",
            "Parts:",
            "  throughput  readings a second of raw loop, DSL sum of one point and of all, pass-through and engine, by",
            "              shape of records",
            "  state       bytes of state for each device and day; start with the state kept, and gone: restored from",
            "              its changelogs",
            "  delivery    exactly-once against at-least-once: throughput, start after kill -9; with latency, that too",
            "  latency     from a reading to hg.live, and from the one that completes a minute to hg.kpi, at 1,000 devices",
            "              once a second",
            "  sites       many sites at once (--sites)",
            "  devices     one big site (--devices)",
            "",
            "Shapes of records: minute (6 instants, 10 s apart, in a record), replay (10 instants, a minute apart), "
                    + "instant (one instant in a record).",
            "",
            "Examples:",
            "  ./heliograph bench engine",
            "  ./heliograph bench engine --parts throughput --shapes minute --hours 4",
            "  ./heliograph bench engine --parts sites,devices --sites 1000 --devices 10000",
            "  ./heliograph bench engine --parts latency --latency-minutes 5"
        })
final class EngineBench implements Callable<Integer> {
    /** What can be measured. */
    enum Part {
        THROUGHPUT,
        STATE,
        DELIVERY,
        LATENCY,
        SITES,
        DEVICES
    }

    private static final int DEVICE_PARTITIONS = 4;
    private static final int SITE_PARTITIONS = 2;
    private static final int SITES_PARTITIONS = 8;
    private static final int LATENCY_SITES = 50;
    private static final int LATENCY_DEVICES = 20;
    private static final double MINUTES_PER_DAY = 1440;
    private static final double BYTES_PER_MEBIBYTE = 1 << 20;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--parts",
            split = ",",
            paramLabel = "PART",
            description = "What to measure (see below). Default: all")
    private Set<Part> parts = EnumSet.allOf(Part.class);

    @Option(
            names = "--shapes",
            split = ",",
            paramLabel = "SHAPE",
            description = "Shapes of the records of part throughput (see below). Default: all")
    private Set<Shape> shapes = EnumSet.allOf(Shape.class);

    @Option(names = "--hours", description = "Hours of records of part throughput. Default: ${DEFAULT-VALUE}")
    private int hours = 4;

    @Option(names = "--site-devices", description = "Devices of the site of part throughput. Default: ${DEFAULT-VALUE}")
    private int siteDevices = 474;

    @Option(names = "--sites", description = "Number of sites of part sites. Default: ${DEFAULT-VALUE}")
    private int sites = 1_000;

    @Option(names = "--devices-per-site", description = "Devices of each of these sites. Default: ${DEFAULT-VALUE}")
    private int devicesPerSite = 12;

    @Option(names = "--devices", description = "Devices of part devices. Default: ${DEFAULT-VALUE}")
    private int devices = 10_000;

    @Option(
            names = "--minutes",
            description = "Minutes of records of the parts sites and devices. Default: ${DEFAULT-VALUE}")
    private int minutes = 10;

    @Option(
            names = "--latency-minutes",
            description =
                    "Whole minutes that latency is measured for, after up to 80 s of warming up. Default: ${DEFAULT-VALUE}")
    private int latencyMinutes = 1;

    @Option(
            names = "--jvm",
            paramLabel = "OPTIONS",
            description =
                    "Further options of the measured JVMs, such as -XX:StartFlightRecording:filename=/tmp/%%p.jfr")
    private String jvm = "";

    @Option(names = "--keep", description = "Keep the folder with the processes' output.")
    private boolean keep;

    private final Report report = new Report("engine");

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (hours < 1 || hours > 40 || minutes < 1 || latencyMinutes < 1 || sites < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--hours is 1 to 40, --minutes, --latency-minutes and --sites at least 1");
        }
        if (siteDevices < Fleet.FEWEST_DEVICES
                || devicesPerSite < Fleet.FEWEST_DEVICES
                || devices < Fleet.FEWEST_DEVICES) {
            throw new ParameterException(
                    spec.commandLine(), "a site has at least " + Fleet.FEWEST_DEVICES + " devices");
        }
        Path folder = Files.createTempDirectory("heliograph-bench-");
        try (Broker broker = Broker.start(folder.resolve("kafka"))) {
            Throughput throughput = new Throughput(broker, folder, jvm);
            if (parts.contains(Part.THROUGHPUT)) {
                for (Shape shape : shapes) {
                    compare(broker, throughput, shape);
                }
            }
            if (parts.contains(Part.STATE) || parts.contains(Part.DELIVERY)) {
                kept(broker, throughput, folder);
            }
            if (parts.contains(Part.LATENCY)) {
                latency(broker, throughput, Contestant.Kind.ENGINE);
                if (parts.contains(Part.DELIVERY)) {
                    latency(broker, throughput, Contestant.Kind.ENGINE_AT_LEAST_ONCE);
                }
            }
            if (parts.contains(Part.SITES)) {
                scale(broker, throughput, "sites", sites, devicesPerSite);
            }
            if (parts.contains(Part.DEVICES)) {
                scale(broker, throughput, "devices", 1, devices);
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

    private void compare(Broker broker, Throughput throughput, Shape shape) throws IOException, InterruptedException {
        String name = shape.name().toLowerCase(Locale.ROOT);
        Throughput.Backlog backlog = backlog(broker, "t-" + name, 1, siteDevices, Duration.ofHours(hours), shape);
        report.add(name + "_readings_per_record", perRecord(backlog), "");
        RawLoop.Rates raw = throughput.raw(backlog);
        report.add(name + "_raw", raw.first(), "readings/s");
        report.add(name + "_raw_warm", raw.warm(), "readings/s", name + "_raw");
        reader(throughput, backlog, name, "dsl", Contestant.Kind.DSL);
        reader(throughput, backlog, name, "dsl_all_points", Contestant.Kind.DSL_ALL_POINTS);
        broker.create(
                backlog.task(Contestant.Kind.PASS_THROUGH, broker, Path.of("")).passed(), DEVICE_PARTITIONS);
        reader(throughput, backlog, name, "pass_through", Contestant.Kind.PASS_THROUGH);
        try (HeliographProcess engine = throughput.start(backlog, Contestant.Kind.ENGINE)) {
            Throughput.Speed speed = throughput.engine(backlog, Contestant.Kind.ENGINE, engine);
            report.add(name + "_engine", speed.readingsPerSecond(), "readings/s", name + "_raw");
            report.add(name + "_engine_to_dsl", speed.readingsPerSecond(), "readings/s", name + "_dsl");
            report.add(
                    name + "_engine_to_dsl_all_points",
                    speed.readingsPerSecond(),
                    "readings/s",
                    name + "_dsl_all_points");
            report.add(name + "_engine_cpu", speed.cpuMicrosPerReading(), "us/reading", name + "_dsl_all_points_cpu");
            resident(name, engine);
        }
        report.print();
    }

    private void reader(
            Throughput throughput, Throughput.Backlog backlog, String name, String what, Contestant.Kind kind)
            throws IOException, InterruptedException {
        Throughput.Speed speed = throughput.reader(backlog, kind);
        report.add(name + "_" + what, speed.readingsPerSecond(), "readings/s", name + "_raw");
        report.add(name + "_" + what + "_cpu", speed.cpuMicrosPerReading(), "us/reading");
    }

    /** State and delivery: the same backlog by the engine exactly once and, for delivery, at least once. */
    private void kept(Broker broker, Throughput throughput, Path folder) throws IOException, InterruptedException {
        measureKept(broker, throughput, folder, Contestant.Kind.ENGINE, "exactly_once");
        if (parts.contains(Part.DELIVERY)) {
            measureKept(broker, throughput, folder, Contestant.Kind.ENGINE_AT_LEAST_ONCE, "at_least_once");
        }
        report.print();
    }

    @SuppressWarnings("try") // it is closed in between too: it must not write while it is measured
    private void measureKept(Broker broker, Throughput throughput, Path folder, Contestant.Kind kind, String name)
            throws IOException, InterruptedException {
        Throughput.Backlog backlog =
                backlog(broker, "k-" + name.replace('_', '-'), 1, siteDevices, Duration.ofHours(hours), Shape.MINUTE);
        Contestant.Task task = backlog.task(kind, broker, folder);
        try (HeliographProcess engine = throughput.start(backlog, kind)) {
            Throughput.Speed speed = throughput.engine(backlog, kind, engine);
            if (kind == Contestant.Kind.ENGINE) {
                report.add(name, speed.readingsPerSecond(), "readings/s");
            } else {
                report.add(name, speed.readingsPerSecond(), "readings/s", "exactly_once");
            }
            report.add(name + "_start_state_kept", seconds(engine::restart), "s");
            report.add(
                    name + "_start_after_kill",
                    seconds(() -> {
                        engine.kill();
                        engine.restart();
                    }),
                    "s",
                    name + "_start_state_kept");
            engine.close();
            if (kind == Contestant.Kind.ENGINE) {
                double days = backlog.fleet().devices() * backlog.fleet().minutes() / MINUTES_PER_DAY;
                StateSize size = StateSize.of(broker, task);
                report.add("state_rocksdb", size.rocksDb() / days, "B/device/d");
                report.add("state_changelog", size.changelog() / days, "B/device/d");
                report.add("state_changelog_compacted", size.keptBytes() / days, "B/device/d", "state_changelog");
                size.kept().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .forEach(store -> report.add(
                                "state_"
                                        + store.getKey()
                                                .substring(task.application().length() + 1)
                                                .replace("-changelog", ""),
                                store.getValue() / days,
                                "B/device/d",
                                "state_changelog_compacted"));
            }
            Folders.delete(task.state());
            report.add(name + "_start_state_gone", seconds(engine::restart), "s", name + "_start_state_kept");
        }
    }

    private void latency(Broker broker, Throughput throughput, Contestant.Kind kind)
            throws IOException, InterruptedException {
        String name = kind == Contestant.Kind.ENGINE ? "" : "at_least_once_";
        String prefix = "l-" + kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
        Fleet fleet = Fleet.of(LATENCY_SITES, LATENCY_DEVICES, minute(), Duration.ZERO, Shape.INSTANT);
        broker.plan(prefix, fleet, DEVICE_PARTITIONS, SITE_PARTITIONS);
        Throughput.Backlog none = new Throughput.Backlog(prefix, fleet, new Fleet.Told(0, 0), SITE_PARTITIONS, 1);
        try (HeliographProcess engine = throughput.start(none, kind)) {
            long start = System.nanoTime();
            LatencyRun.Latencies latencies = new LatencyRun(broker, fleet, prefix).run(latencyMinutes);
            double spokenSeconds = (System.nanoTime() - start) / 1e9;
            report.add(name + "latency_devices", fleet.devices(), "");
            report.add(name + "live_samples", latencies.live().size(), "");
            report.add(name + "live_median", LatencyRun.Latencies.quantile(latencies.live(), 0.5), "ms");
            report.add(name + "live_99th", LatencyRun.Latencies.quantile(latencies.live(), 0.99), "ms");
            report.add(name + "kpi_samples", latencies.kpi().size(), "");
            report.add(name + "kpi_median", LatencyRun.Latencies.quantile(latencies.kpi(), 0.5), "ms");
            report.add(name + "kpi_99th", LatencyRun.Latencies.quantile(latencies.kpi(), 0.99), "ms");
            new ProcessUsage(engine.pid())
                    .cpu()
                    .ifPresent(cpu -> report.add(name + "latency_cpu", cpu.toMillis() / 1e3 / spokenSeconds, "cores"));
        }
        report.print();
    }

    private void scale(Broker broker, Throughput throughput, String name, int siteCount, int deviceCount)
            throws IOException, InterruptedException {
        Fleet fleet = Fleet.of(
                siteCount,
                deviceCount,
                minute().minus(Duration.ofMinutes(minutes)),
                Duration.ofMinutes(minutes),
                Shape.MINUTE);
        Fleet.Told told = broker.fill("s-" + name, fleet, SITES_PARTITIONS, SITES_PARTITIONS);
        Throughput.Backlog backlog = new Throughput.Backlog("s-" + name, fleet, told, SITES_PARTITIONS, 1);
        try (HeliographProcess engine = throughput.start(backlog, Contestant.Kind.ENGINE)) {
            Throughput.Speed speed = throughput.engine(backlog, Contestant.Kind.ENGINE, engine);
            report.add(name + "_sites", siteCount, "");
            report.add(name + "_devices", fleet.devices(), "");
            report.add(name + "_readings_per_second", speed.readingsPerSecond(), "readings/s");
            report.add(name + "_real_time", minutes * 60 / speed.seconds(), "x");
            resident(name, engine);
        }
        report.print();
    }

    private Throughput.Backlog backlog(
            Broker broker, String prefix, int siteCount, int deviceCount, Duration span, Shape shape)
            throws InterruptedException {
        Fleet fleet = Fleet.of(siteCount, deviceCount, minute().minus(span), span, shape);
        Fleet.Told told = broker.fill(prefix, fleet, DEVICE_PARTITIONS, SITE_PARTITIONS);
        System.out.println(prefix + ": " + told);
        return new Throughput.Backlog(prefix, fleet, told, SITE_PARTITIONS, 1);
    }

    private static double perRecord(Throughput.Backlog backlog) {
        return backlog.told().readings() / (double) backlog.told().records();
    }

    /** The last whole minute. */
    private static Instant minute() {
        return Instant.now().truncatedTo(ChronoUnit.MINUTES);
    }

    private static double seconds(Runnable action) {
        long start = System.nanoTime();
        action.run();
        return (System.nanoTime() - start) / 1e9;
    }

    /** Memory of the process: heap of at most 1 GiB, RocksDB's 128 MiB, and the rest of a JVM. */
    private void resident(String name, HeliographProcess process) throws IOException {
        new ProcessUsage(process.pid())
                .peakBytes()
                .ifPresent(bytes -> report.add(name + "_engine_memory", bytes / BYTES_PER_MEBIBYTE, "MiB"));
    }
}
