package org.heliograph.lab.bench;

import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The engine's arithmetic by JMH: nanoseconds a call. */
@Command(
        name = "kernels",
        mixinStandardHelpOptions = true,
        description = {
            "The engine's arithmetic alone (JMH).",
            "",
            "A record into readings, an instant into its minute, a device's minute, a site's "
                    + "minute into its figures, a changed minute into its day."
        },
        footer = {"", "Examples:", "  ./heliograph bench kernels", "  ./heliograph bench kernels --iterations 10"})
final class KernelsBench implements Callable<Integer> {
    private static final int WARM_UPS = 3;

    @Option(names = "--iterations", description = "Iterations of a second each. Default: ${DEFAULT-VALUE}")
    private int iterations = 5;

    @Override
    public Integer call() throws RunnerException, IOException {
        Options options = new OptionsBuilder()
                .include(Kernels.class.getName())
                .forks(1)
                .warmupIterations(WARM_UPS)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(iterations)
                .measurementTime(TimeValue.seconds(1))
                .build();
        Collection<RunResult> results = new Runner(options).run();
        Report report = new Report("kernels");
        for (RunResult result : results) {
            report.add(
                    result.getPrimaryResult().getLabel(),
                    result.getPrimaryResult().getScore(),
                    "ns");
        }
        report.finish();
        return 0;
    }
}
