package org.heliograph.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.heliograph.lab.server.HeliographProcess;

/**
 * How fast a contestant works through a backlog. The first half of the records warms it up; measured is from there to the
 * end of all, which for the engine is when the last figure is published and right.
 */
final class Throughput {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final long POLL_MILLIS = 20;
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final double WARM = 0.5;
    private static final double MICROS_PER_MILLI = 1e3;

    private final Broker broker;
    private final Path folder;
    private final String jvm;

    Throughput(Broker broker, Path folder, String jvm) {
        this.jvm = jvm;
        this.broker = broker;
        this.folder = folder;
    }

    /** A backlog on the broker. */
    record Backlog(String prefix, Fleet fleet, Fleet.Told told, int sitePartitions, int threads) {
        Contestant.Task task(Contestant.Kind kind, Broker broker, Path folder) {
            return new Contestant.Task(
                    kind,
                    broker.bootstrap(),
                    prefix,
                    folder.resolve("state-" + prefix + "-" + kind),
                    sitePartitions,
                    threads);
        }
    }

    /**
     * What was seen.
     *
     * @param readingsPerSecond after the warm-up
     * @param cpuMicrosPerReading of the whole process, after the warm-up: a busy machine changes it least
     * @param secondsToRead until the last record was consumed and committed
     * @param seconds until all was done
     */
    record Speed(double readingsPerSecond, double cpuMicrosPerReading, double secondsToRead, double seconds) {}

    /** Its processor time is that of one thread which is always busy, so it is the time itself. */
    RawLoop.Rates raw(Backlog backlog) throws IOException, InterruptedException {
        try (HeliographProcess process = start(backlog, Contestant.Kind.RAW)) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!RawLoop.isOver(Files.readAllLines(process.log()))) {
                check(process, deadline);
            }
            return RawLoop.rates(Files.readAllLines(process.log()));
        }
    }

    /** @param kind one that is done when it has read all */
    Speed reader(Backlog backlog, Contestant.Kind kind) throws IOException, InterruptedException {
        try (HeliographProcess process = start(backlog, kind)) {
            return follow(backlog, kind, process, () -> true);
        }
    }

    /** @param process the engine, just started, so that the caller can go on with it */
    Speed engine(Backlog backlog, Contestant.Kind kind, HeliographProcess process)
            throws IOException, InterruptedException {
        String kpi = backlog.task(kind, broker, folder).topics().kpi();
        try (FigureWatch watch = new FigureWatch(broker.bootstrap(), kpi, backlog.fleet())) {
            return follow(backlog, kind, process, watch::isWhole);
        }
    }

    HeliographProcess start(Backlog backlog, Contestant.Kind kind) {
        return backlog.task(kind, broker, folder).start(folder.resolve("run-" + backlog.prefix() + "-" + kind), jvm);
    }

    /** Whether there is nothing left to publish. */
    private interface Outcome {
        boolean isWhole() throws IOException;
    }

    private Speed follow(Backlog backlog, Contestant.Kind kind, HeliographProcess process, Outcome outcome)
            throws IOException, InterruptedException {
        Contestant.Task task = backlog.task(kind, broker, folder);
        long start = Long.parseLong(process.ready("at").orElseThrow());
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long records = backlog.told().records();
        long warmAt = 0;
        long warmRecords = 0;
        Duration warmCpu = Duration.ZERO;
        long readAt = 0;
        boolean whole = false;
        while (readAt == 0 || !whole) {
            check(process, deadline);
            if (readAt == 0) {
                long consumed =
                        broker.consumed(task.application(), task.topics().telemetry());
                if (warmAt == 0 && consumed >= WARM * records) {
                    warmAt = System.currentTimeMillis();
                    warmRecords = consumed;
                    warmCpu = cpu(process);
                }
                readAt = consumed >= records ? System.currentTimeMillis() : 0;
            }
            whole = outcome.isWhole();
        }
        double share = (records - warmRecords) / (double) records;
        long end = System.currentTimeMillis();
        if (end - warmAt < MILLIS_PER_SECOND) {
            System.out.println("too few records to measure " + kind + " by: " + (end - warmAt) + " ms");
        }
        double readings = backlog.told().readings() * share;
        return new Speed(
                readings / Math.max(1, end - warmAt) * MILLIS_PER_SECOND,
                cpu(process).minus(warmCpu).toMillis() * MICROS_PER_MILLI / readings,
                (readAt - start) / MILLIS_PER_SECOND,
                (end - start) / MILLIS_PER_SECOND);
    }

    private static Duration cpu(HeliographProcess process) {
        return new ProcessUsage(process.pid()).cpu().orElse(Duration.ZERO);
    }

    private static void check(HeliographProcess process, long deadline) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        if (!process.isAlive()) {
            throw new IllegalStateException("it ended by itself; its output is in " + process.log());
        }
        if (System.nanoTime() > deadline) {
            throw new IllegalStateException("not done after " + PATIENCE + "; its output is in " + process.log());
        }
    }
}
