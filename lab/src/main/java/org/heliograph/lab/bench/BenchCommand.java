package org.heliograph.lab.bench;

import picocli.CommandLine.Command;

/** {@code heliograph bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Runs a benchmark; prints a table and writes target/bench/NAME.json.",
        subcommands = {PipelineBench.class},
        synopsisSubcommandLabel = "NAME",
        footer = {"", "Example:", "  ./heliograph bench pipeline"})
public final class BenchCommand {}
