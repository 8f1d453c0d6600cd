package org.heliograph.lab.server;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One of Heliograph's own programs in a JVM of its own, run as the launcher runs it; ready when it says so. */
public final class HeliographProcess extends Server {
    private static final String AGENT = "org.heliograph.agent.Main";

    private final Path log;

    private HeliographProcess(Path log, ServerProcess process) {
        super(process);
        this.log = log;
    }

    /** {@code heliograph agent run}, as lean as on a board. */
    public static HeliographProcess agent(Path folder, Path config) {
        return start("agent", folder, AGENT, agentOptions(), config);
    }

    /** The options that the agent's JVM is shipped with. */
    public static List<String> agentOptions() {
        return options("/heliograph-agent.options");
    }

    /** The options that the JVM of engine, sink and page is shipped with. */
    public static List<String> streamsOptions() {
        return options("/heliograph-streams.options");
    }

    private static List<String> options(String resource) {
        try (InputStream shipped = HeliographProcess.class.getResourceAsStream(resource)) {
            if (shipped == null) {
                throw new ServerException(resource + " is not on the class path");
            }
            return new String(shipped.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new ServerException("can't read " + resource + ": " + e.getMessage(), e);
        }
    }

    /** {@code ./heliograph agent run}, by the launcher of this folder: with the options and the class cache that ship. */
    public static HeliographProcess shippedAgent(Path folder, Path config) {
        return command(
                "agent",
                folder,
                List.of(
                        Path.of("heliograph").toAbsolutePath().toString(),
                        "agent",
                        "run",
                        config.toAbsolutePath().toString()));
    }

    /** A command that starts a program and becomes it; it prints a {@code ready} line. */
    public static HeliographProcess command(String name, Path folder, List<String> command) {
        Path home = ServerProcess.folder(folder);
        Path log = home.resolve("server.log");
        return new HeliographProcess(log, ServerProcess.program(name, home, command, new ReadyLine(log)));
    }

    /** {@code heliograph streams run}. */
    public static HeliographProcess streams(Path folder, Path config) {
        return start(
                "streams",
                folder,
                "org.heliograph.streams.Main",
                List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"),
                config);
    }

    private static HeliographProcess start(String name, Path folder, String main, List<String> options, Path config) {
        return start(
                name,
                folder,
                main,
                options,
                List.of("run", config.toAbsolutePath().toString()));
    }

    /** Any main class of this class path that prints a {@code ready} line. */
    public static HeliographProcess start(
            String name, Path folder, String main, List<String> options, List<String> arguments) {
        Path home = ServerProcess.folder(folder);
        Path log = home.resolve("server.log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(ServerProcess.moreOptions());
        command.addAll(List.of(
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.add("-Dlogback.configurationFile=" + ServerProcess.writeLogback(home, "info"));
        command.addAll(List.of("-cp", classPath(), main));
        command.addAll(arguments);
        return new HeliographProcess(log, ServerProcess.program(name, home, command, new ReadyLine(log)));
    }

    /** The words of the newest ready line: {@code ready page=http://127.0.0.1:8080 ...}. */
    public String ready() {
        return lastReady(log).orElse("");
    }

    /** The value of a word in the ready line, {@code page} for {@code page=...}. */
    public Optional<String> ready(String name) {
        return Arrays.stream(ready().split(" "))
                .filter(word -> word.startsWith(name + "="))
                .map(word -> word.substring(name.length() + 1))
                .findFirst();
    }

    public Path log() {
        return log;
    }

    /** True once the log has a ready line that wasn't there when the process was started. */
    private static final class ReadyLine implements ServerProcess.Probe {
        private final Path log;
        private long seen;

        ReadyLine(Path log) {
            this.log = log;
        }

        @Override
        public boolean answers() throws IOException {
            long ready;
            try (Stream<String> lines = Files.lines(log)) {
                ready = lines.filter(HeliographProcess::isReady).count();
            }
            boolean isNew = ready > seen;
            seen = ready;
            return isNew;
        }
    }

    private static boolean isReady(String line) {
        return line.equals("ready") || line.startsWith("ready ");
    }

    private static Optional<String> lastReady(Path log) {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(HeliographProcess::isReady).reduce((_, last) -> last);
        } catch (IOException e) {
            throw new ServerException("can't read " + log + ": " + e.getMessage(), e);
        }
    }

    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
