package org.heliograph.lab.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heliograph bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Runs a benchmark; prints a table and writes target/bench/NAME.json.",
        subcommands = {
            PipelineBench.class,
            EngineBench.class,
            KernelsBench.class,
            AgentBench.class,
            SinkBench.class,
            PageBench.class
        },
        synopsisSubcommandLabel = "NAME",
        footer = {
            "",
            "Examples:",
            "  ./heliograph bench pipeline",
            "  ./heliograph bench engine",
            "  ./heliograph bench kernels",
            "  ./heliograph bench agent",
            "  ./heliograph bench sink",
            "  ./heliograph bench page"
        })
public final class BenchCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "which benchmark? pipeline, engine, kernels, agent, sink or page");
    }
}
