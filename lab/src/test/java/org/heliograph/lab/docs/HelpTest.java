package org.heliograph.lab.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What each command says of itself when it is asked for help. */
class HelpTest {
    /** What a list of commands has room for beside the name. */
    private static final int SENTENCE_CHARACTERS_MAX = 115;

    static Stream<CommandSpec> commands() {
        return Stream.concat(
                Stream.of(
                                org.heliograph.agent.Main.commandLine(),
                                org.heliograph.streams.Main.commandLine(),
                                org.heliograph.sim.Main.commandLine())
                        .flatMap(HelpTest::withAllBelow),
                org.heliograph.lab.Main.commandLine().getSubcommands().values().stream()
                        .flatMap(HelpTest::withAllBelow));
    }

    private static Stream<CommandSpec> withAllBelow(CommandLine command) {
        return Stream.concat(
                Stream.of(command.getCommandSpec()),
                command.getSubcommands().values().stream().flatMap(HelpTest::withAllBelow));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void every_command_has_its_whole_name_a_short_sentence_and_an_example(CommandSpec command) {
        assertThat(command.qualifiedName()).startsWith("heliograph ");
        List<String> description = List.of(command.usageMessage().description());
        assertThat(description.getFirst()).endsWith(".");
        assertThat(description.getFirst().length()).isLessThanOrEqualTo(SENTENCE_CHARACTERS_MAX);
        assertThat(command.usageMessage().footer())
                .anyMatch(line -> line.startsWith("Example"))
                .anyMatch(line -> line.startsWith("  ./" + command.qualifiedName()) || line.startsWith("  JAVA_OPTS="));
    }

    /** It is wrapped to the terminal's width: what is broken by hand would be broken twice. */
    @ParameterizedTest
    @MethodSource("commands")
    void no_sentence_is_broken_by_hand(CommandSpec command) {
        Stream<String> said = Stream.concat(
                Arrays.stream(command.usageMessage().description()),
                Arrays.stream(command.usageMessage().footer()));
        assertThat(said.filter(line -> !line.isBlank() && !line.startsWith("  ")))
                .allMatch(line -> line.endsWith(".") || line.endsWith(":"));
    }

    /** How durations are shown is how they are written. */
    @ParameterizedTest
    @MethodSource("commands")
    void defaults_are_shown_as_they_are_written(CommandSpec command) {
        assertThat(command.commandLine().getUsageMessage()).doesNotContainPattern("[Dd]efault: PT");
    }
}
