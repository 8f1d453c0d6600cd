package org.heliograph.streams;

import java.util.List;
import java.util.concurrent.Callable;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.streams.influx.Retention;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heliograph streams store}. */
@Command(
        name = "store",
        description = "Set up how long the store keeps data, and refill its long-term data.",
        mixinStandardHelpOptions = true,
        subcommands = {StoreCommand.Apply.class, StoreCommand.Fill.class},
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  ./heliograph streams store apply --dry-run streams.yaml",
            "  ./heliograph streams store fill streams.yaml"
        })
final class StoreCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? apply or fill");
    }

    @Command(
            name = "apply",
            description = "Set up retention in InfluxDB 1 or QuestDB; for other stores, print what to do by hand.",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "InfluxDB 1: everything is kept for --days. Windows of an hour and longer, alerts, and hourly sums of devices are kept "
                        + "forever, in the retention policy 'years'. Data in an earlier default policy stays there, but queries that name "
                        + "no policy no longer see it.",
                "QuestDB: creates tables that replace a point when it is written again. Windows and alerts are kept forever.",
                "It can be repeated: it changes only what differs, and deletes only data that is older than --days.",
                "At least 369 days, except for QuestDB: the point of a year has the time of the year's beginning, and a store refuses "
                        + "points older than its retention, so the current year would stop changing.",
                "",
                "Examples:",
                "  ./heliograph streams store apply --dry-run streams.yaml",
                "  ./heliograph streams store apply --days 800 streams.yaml"
            })
    static final class Apply implements Callable<Integer> {
        private static final int MOST_DAYS = 36_500;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private final ConfigFile config = new ConfigFile();

        @Option(names = "--days", description = "How many days everything is kept. Default: ${DEFAULT-VALUE}")
        private int days = 800;

        @Option(names = "--dry-run", description = "Print the statements and change nothing.")
        private boolean dryRun;

        @Override
        public Integer call() throws InterruptedException {
            if (days < 3 || days > MOST_DAYS) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--days is 3 to " + MOST_DAYS + ": what comes late may be restated for two days");
            }
            return Work.by(config.path(), spec, settings -> {
                Retention retention = new Retention(settings.sink().bucket(), days);
                if (dryRun) {
                    return print(retention, settings);
                }
                spec.commandLine().getOut().println(settings.sink().url() + ": " + retention.apply(settings.sink()));
                return Main.OK;
            });
        }

        /** For a server that doesn't answer, what an InfluxDB 1 would be told. */
        private int print(Retention retention, StreamsSettings settings) {
            List<String> statements;
            try {
                statements = retention.statements(settings.sink());
            } catch (Retention.RefusedException e) {
                spec.commandLine().getErr().println(spec.qualifiedName() + ": " + e.getMessage());
                if (!retention.outlastsAYear()) {
                    return Main.FAILED;
                }
                spec.commandLine().getErr().println("An InfluxDB 1 would be told:");
                statements = retention.statements();
            }
            statements.forEach(spec.commandLine().getOut()::println);
            return Main.OK;
        }
    }

    @Command(
            name = "fill",
            description = "Recompute the long-term hourly data of an InfluxDB 1 from everything it holds.",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "By itself the server does this for the last two days only. Run this after an outage of the store of more than two days, "
                        + "or after the store was lost and filled again from Kafka. It can be repeated.",
                "",
                "Example:",
                "  ./heliograph streams store fill streams.yaml"
            })
    static final class Fill implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private final ConfigFile config = new ConfigFile();

        @Override
        public Integer call() throws InterruptedException {
            return Work.by(config.path(), spec, settings -> {
                Retention.fill(settings.sink());
                spec.commandLine()
                        .getOut()
                        .println(settings.sink().url() + ": what is kept for ever in "
                                + settings.sink().bucket() + " is worked out");
                return Main.OK;
            });
        }
    }
}
