package org.heliograph.streams;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.streams.influx.Retention;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heliograph streams store}. */
@Command(
        name = "store",
        description = "What the store keeps, and for how long.",
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
            description = "Tell an InfluxDB 1 or a QuestDB what to keep and for how long; say what to do elsewhere.",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "InfluxDB 1: everything is kept for --days; windows of an hour and longer, alerts, and hours of devices for "
                        + "ever, in the retention policy 'years'. What the server kept in another default policy before stays there, "
                        + "out of sight. QuestDB: tables that replace a point when it is written again; windows and alerts for ever.",
                "Run again it changes what differs, and loses nothing but what is older than --days. InfluxDB 2 and 3 and "
                        + "VictoriaMetrics have to be told by a person: it says how.",
                "Only a QuestDB may keep less than 369 days: the window of a year has the time of its first moment, and the "
                        + "others refuse what is older than they keep; the year under way would stand still.",
                "",
                "Examples:",
                "  ./heliograph streams store apply --dry-run streams.yaml",
                "  ./heliograph streams store apply --days 800 streams.yaml"
            })
    static final class Apply implements Callable<Integer> {
        private static final int MOST_DAYS = 36_500;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Parameters(paramLabel = "CONFIG", arity = "0..1", description = "The configuration. Default: ${DEFAULT-VALUE}")
        private Path config = Path.of("streams.yaml");

        @Option(names = "--days", description = "How long everything is kept. Default: ${DEFAULT-VALUE}")
        private int days = 800;

        @Option(names = "--dry-run", description = "Print the statements, and do nothing.")
        private boolean dryRun;

        @Override
        public Integer call() throws InterruptedException {
            if (days < 3 || days > MOST_DAYS) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--days is 3 to " + MOST_DAYS + ": what comes late may be restated for two days");
            }
            return Work.by(config, spec, settings -> {
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
            description = "Work out what is kept for ever from all that an InfluxDB 1 holds now.",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "The server itself looks back two days for devices. After the store was lost and filled anew from Kafka "
                        + "(docs/operate.md) there is more to be worked out. Run again it changes nothing.",
                "",
                "Example:",
                "  ./heliograph streams store fill streams.yaml"
            })
    static final class Fill implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Parameters(paramLabel = "CONFIG", arity = "0..1", description = "The configuration. Default: ${DEFAULT-VALUE}")
        private Path config = Path.of("streams.yaml");

        @Override
        public Integer call() throws InterruptedException {
            return Work.by(config, spec, settings -> {
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
