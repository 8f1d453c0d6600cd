package org.heliograph.streams;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.heliograph.streams.topology.topics.TopicPlan;
import org.heliograph.streams.topology.topics.TopicState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heliograph streams topics}. */
@Command(
        name = "topics",
        description = "Create the Kafka topics, or compare them with what the programs expect.",
        mixinStandardHelpOptions = true,
        subcommands = {TopicsCommand.Apply.class, TopicsCommand.Show.class},
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  ./heliograph streams topics show streams.yaml",
            "  ./heliograph streams topics apply streams.yaml"
        })
final class TopicsCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? apply or show");
    }

    @Command(
            name = "apply",
            description = "Create the topics that are missing; never change existing ones.",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "An existing topic that differs is reported, not changed: with another number of partitions a device's readings would go "
                        + "to another partition than its state, and a longer retention may be intended. 'streams run' creates missing "
                        + "topics, too.",
                "",
                "Example:",
                "  ./heliograph streams topics apply streams.yaml"
            })
    static final class Apply implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private final ConfigFile config = new ConfigFile();

        @Override
        public Integer call() throws InterruptedException {
            return Work.by(config.path(), spec, settings -> {
                List<TopicState> before = TopicPlan.states(settings.kafka(), settings.engine());
                TopicPlan.createMissing(settings.kafka(), settings.engine());
                PrintWriter out = spec.commandLine().getOut();
                for (TopicState topic : before) {
                    out.println(topic.name() + ": " + (topic.found().isEmpty() ? "made" : asIs(topic)));
                }
                return Main.OK;
            });
        }

        private static String asIs(TopicState topic) {
            return topic.differences().isEmpty()
                    ? "there"
                    : "there, but " + String.join("; ", topic.differences()) + "; left as it is";
        }
    }

    @Command(
            name = "show",
            description = "Print the topics, and how they differ from what the programs expect.",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "Exit status 1 when one is missing or differs, or its settings may not be seen.",
                "",
                "Example:",
                "  ./heliograph streams topics show streams.yaml"
            })
    static final class Show implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private final ConfigFile config = new ConfigFile();

        @Override
        public Integer call() throws InterruptedException {
            return Work.by(config.path(), spec, settings -> {
                PrintWriter out = spec.commandLine().getOut();
                boolean isWell = true;
                for (TopicState topic : TopicPlan.states(settings.kafka(), settings.engine())) {
                    isWell &= topic.found().isPresent() && topic.differences().isEmpty();
                    out.printf(
                            "%-20s partitions %-4d replicas %d  keeps %-24s%s%n",
                            topic.name(), topic.partitions(), topic.replication(), topic.keeps(), state(topic));
                }
                return isWell ? Main.OK : Main.FAILED;
            });
        }

        private static String state(TopicState topic) {
            if (topic.found().isEmpty()) {
                return "missing";
            }
            return topic.differences().isEmpty() ? "there" : String.join("; ", topic.differences());
        }
    }
}
