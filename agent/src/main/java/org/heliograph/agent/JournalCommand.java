package org.heliograph.agent;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.heliograph.agent.config.AgentFile;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Inspection;
import org.heliograph.agent.journal.JournalException;
import org.heliograph.agent.journal.Stored;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "journal",
        description = "Shows, exports or verifies an agent's journal. Changes nothing; works while the agent runs.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {JournalCommand.Show.class, JournalCommand.Export.class, JournalCommand.Verify.class},
        footer = {
            "",
            "Examples:",
            "  ./heliograph agent journal show agent.yaml",
            "  ./heliograph agent journal export agent.yaml --to journal.jsonl",
            "  ./heliograph agent journal verify --file data/edge-1.journal"
        })
final class JournalCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "which command? show, export or verify");
    }

    /** What the three have in common: which journal, and how a failure ends. */
    private abstract static class Look implements Callable<Integer> {
        @CommandLine.Mixin
        private final ConfigFile config = new ConfigFile();

        @Option(names = "--file", paramLabel = "JOURNAL", description = "A journal's file, instead of a configuration.")
        private @Nullable Path file;

        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

        abstract int look(Inspection journal, PrintWriter out) throws JournalException, IOException;

        CommandLine.ParameterException misused(String why) {
            return new CommandLine.ParameterException(spec.commandLine(), why);
        }

        @Override
        public Integer call() {
            if (file != null && spec.commandLine().getParseResult().hasMatchedPositional(0)) {
                throw misused("a configuration or --file, not both");
            }
            PrintWriter out = spec.commandLine().getOut();
            PrintWriter err = spec.commandLine().getErr();
            try (Inspection journal = Inspection.of(file == null ? AgentFile.journalPath(config.path()) : file)) {
                int code = look(journal, out);
                // both: neither stream says what the other has swallowed
                if (out.checkError() || System.out.checkError()) {
                    throw new IOException("not all of it was written");
                }
                if (journal.isDamaged()) {
                    err.println(
                            "agent: the journal is damaged: this is what its checksums prove. The agent's next start"
                                    + " saves as much of it (docs/agent-journal.md)");
                    return CommandLine.ExitCode.SOFTWARE;
                }
                return code;
            } catch (ConfigurationException e) {
                err.println(e.getMessage());
                return CommandLine.ExitCode.USAGE;
            } catch (JournalException e) {
                boolean isNamedWrong = e.isForeign();
                err.println((isNamedWrong && file == null ? config.path() + ": journal.path: " : "agent: ")
                        + e.getMessage());
                return isNamedWrong ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
            } catch (IOException e) {
                err.println("agent: can't write: " + e);
                return CommandLine.ExitCode.SOFTWARE;
            } finally {
                out.flush();
                err.flush();
            }
        }
    }

    @Command(
            name = "show",
            description = "Shows what waits for delivery: how much, since when, from which device; and what was lost.",
            mixinStandardHelpOptions = true,
            footer = {"", "Example:", "  ./heliograph agent journal show agent.yaml"})
    static final class Show extends Look {
        private static final class Sum {
            private long entries;
            private long bytes;
            private long held;
            private long oldestMillis = Long.MAX_VALUE;

            void add(Stored stored) {
                entries++;
                bytes += stored.entry().sizeBytes();
                if (stored.entry().kind() == Entry.Kind.HELD) {
                    held++;
                } else {
                    oldestMillis = Math.min(oldestMillis, stored.entry().timestampMillis());
                }
            }

            @Override
            public String toString() {
                return "%d entries, %d bytes%s%s"
                        .formatted(
                                entries,
                                bytes,
                                entries == held ? "" : ", oldest " + Instant.ofEpochMilli(oldestMillis),
                                held == 0 ? "" : ", " + held + " of them without a time yet");
            }
        }

        @Override
        int look(Inspection journal, PrintWriter out) throws JournalException {
            Sum all = new Sum();
            Map<String, Sum> byDevice = new TreeMap<>();
            Map<String, long[]> losses = new TreeMap<>();
            journal.forEach(stored -> {
                all.add(stored);
                String name = stored.entry().key().isEmpty()
                        ? "(no device)"
                        : stored.entry().key();
                byDevice.computeIfAbsent(name + " " + JournalLine.kind(stored.entry()), _ -> new Sum())
                        .add(stored);
                for (Loss loss : losses(stored)) {
                    long[] sums = losses.computeIfAbsent(name + " " + loss.reason(), _ -> new long[2]);
                    sums[0] += loss.packs();
                    sums[1] += loss.readings();
                }
            });
            out.println(all);
            byDevice.forEach((name, sum) -> out.println("  " + name + ": " + sum));
            losses.forEach((name, sums) ->
                    out.println("  lost of " + name + ": " + sums[0] + " packs, " + sums[1] + " readings"));
            journal.droppedDeadLetters()
                    .ifPresent(dropped -> out.println("  dead letters that gave way, ever: " + dropped));
            return CommandLine.ExitCode.OK;
        }
    }

    @Command(
            name = "export",
            description =
                    "Writes each waiting entry as a line of JSON: decoded readings, dead letters with the reason.",
            mixinStandardHelpOptions = true,
            footer = {"", "Example:", "  ./heliograph agent journal export agent.yaml --to journal.jsonl"})
    static final class Export extends Look {
        @Option(names = "--to", paramLabel = "FILE", description = "Where to; standard output by default.")
        private @Nullable Path to;

        @Override
        int look(Inspection journal, PrintWriter out) throws JournalException, IOException {
            if (to == null) {
                journal.walk(stored -> out.println(JournalLine.of(stored)));
                return CommandLine.ExitCode.OK;
            }
            if (journal.isOwn(to)) {
                throw misused("--to names a file of the journal itself: " + to);
            }
            try (PrintWriter file = new PrintWriter(Files.newBufferedWriter(to, StandardCharsets.UTF_8))) {
                journal.walk(stored -> file.println(JournalLine.of(stored)));
                if (file.checkError()) {
                    throw new IOException("not all of it was written");
                }
                return CommandLine.ExitCode.OK;
            }
        }
    }

    @Command(
            name = "verify",
            description =
                    "Checks the file, each entry's checksum, and that each device's packs are numbered without gaps.",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "Example:",
                "  ./heliograph agent journal verify agent.yaml",
                "",
                "Exit codes: 0 sound, 1 damaged, 2 wrong usage or configuration."
            })
    static final class Verify extends Look {
        @Override
        int look(Inspection journal, PrintWriter out) throws JournalException {
            Optional<String> damage = journal.damage();
            damage.ifPresent(what -> out.println("the file is damaged: " + what));
            if (damage.isPresent()) {
                return CommandLine.ExitCode.SOFTWARE;
            }
            Continuity continuity = new Continuity();
            journal.forEach(continuity::look);
            continuity.faults().forEach(out::println);
            out.println(
                    continuity.faults().isEmpty()
                            ? "sound: " + continuity.entries() + " entries"
                            : continuity.faults().size() + " faults in " + continuity.entries() + " entries");
            return continuity.faults().isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        }
    }

    private static List<Loss> losses(Stored stored) {
        return JournalLine.dispatch(stored.entry()).map(Dispatch::losses).orElse(List.of());
    }
}
