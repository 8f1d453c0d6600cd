package org.heliograph.lab.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A server's process: started, awaited, ended by its id, its output in {@code server.log} in its folder. */
final class ServerProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(25);
    private static final int TAIL_LINES = 20;
    private static final boolean HAS_SHELL = Files.isExecutable(Path.of("/bin/sh"));

    /** Whether the server answers; an exception means that it doesn't yet. */
    interface Probe {
        boolean answers() throws Exception;
    }

    /** How a process learns that it should stop, or that its parent died. */
    private enum Kind {
        /** Java: standard input ends (see {@link Lifeline}). */
        LIFELINE,
        /** Anything else: SIGTERM; a watching shell kills it when its parent dies. */
        SIGNAL
    }

    private final String name;
    private final Path folder;
    private final Path log;
    private final List<String> command;
    private final Kind kind;
    private final Probe probe;
    private @Nullable Process process;
    private @Nullable Process watch;

    private ServerProcess(String name, Path folder, List<String> command, Kind kind, Probe probe) {
        this.name = name;
        this.folder = folder;
        this.log = folder.resolve("server.log");
        this.command = List.copyOf(command);
        this.kind = kind;
        this.probe = probe;
    }

    /** A main class of this class path in a JVM of its own; it has to {@link Lifeline#watch} its standard input. */
    static ServerProcess java(
            String name, Path folder, Class<?> main, List<String> options, List<String> arguments, Probe probe) {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djava.awt.headless=true"));
        command.add("-Dlogback.configurationFile=" + writeLogback(folder, "warn"));
        // it ends without its shutdown hooks: what it unpacks goes with its folder
        command.add("-Djava.io.tmpdir=" + folder(folder.resolve("tmp")));
        command.addAll(options);
        command.addAll(moreOptions());
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(arguments);
        return new ServerProcess(name, folder, command, Kind.LIFELINE, probe).started();
    }

    /**
     * What this JVM's {@code heliograph.server.jvm} says of those of its servers. Those of tests live for a minute only, and
     * what a compiler does for an hour's work is lost on them.
     */
    static List<String> moreOptions() {
        return Stream.of(System.getProperty("heliograph.server.jvm", "").split(" ", -1))
                .filter(option -> !option.isEmpty())
                .toList();
    }

    /** A program of the system. */
    static ServerProcess program(String name, Path folder, List<String> command, Probe probe) {
        return new ServerProcess(name, folder, command, Kind.SIGNAL, probe).started();
    }

    long pid() {
        return running().pid();
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Ends it as a crash would (SIGKILL). */
    void kill() {
        Process killed = running();
        endWatch();
        killed.destroyForcibly();
        await(killed);
    }

    /** Starts it again on its ports and data; stops it before, if it still runs. */
    void restart() {
        close();
        start();
    }

    @Override
    public void close() {
        Process stopped = process;
        if (stopped == null) {
            return;
        }
        endWatch();
        try {
            switch (kind) {
                case LIFELINE -> stopped.getOutputStream().close();
                case SIGNAL -> stopped.destroy();
            }
        } catch (IOException _) {
            // it has ended already
        }
        await(stopped);
    }

    private ServerProcess started() {
        start();
        return this;
    }

    private void start() {
        try {
            Process begun = builder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            process = begun;
            if (kind == Kind.SIGNAL && HAS_SHELL) {
                // reads until this JVM ends, however it ends
                watch = builder(List.of(
                                "/bin/sh", "-c", "read -r _; kill -9 \"$1\" 2>/dev/null", "watch", "" + begun.pid()))
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
            }
        } catch (IOException e) {
            throw new ServerException(name + " can't be started: " + e.getMessage(), e);
        }
        awaitAnswer();
    }

    /**
     * Ctrl-C reaches every process of the terminal, and a server must outlast what uses it: a JVM that is started with
     * the signal ignored goes on ignoring it. (Mosquitto and InfluxDB set it anew; only tests run them.)
     */
    private static ProcessBuilder builder(List<String> command) {
        if (!HAS_SHELL) {
            return new ProcessBuilder(command);
        }
        return new ProcessBuilder(
                Stream.concat(Stream.of("/bin/sh", "-c", "trap '' INT; exec \"$@\"", "sh"), command.stream())
                        .toList());
    }

    private void awaitAnswer() {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        String lastFailure = "no answer";
        while (System.nanoTime() < deadline) {
            if (!isAlive()) {
                int status = running().exitValue();
                endWatch();
                throw new ServerException(name + " ended with status " + status + " while starting" + tail());
            }
            try {
                if (probe.answers()) {
                    return;
                }
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                close();
                Thread.currentThread().interrupt();
                throw new ServerException(name + ": interrupted while it was starting", e);
            } catch (Exception e) {
                lastFailure = String.valueOf(e.getMessage());
                pause();
            }
        }
        close();
        throw new ServerException(
                name + " didn't answer within " + START_LIMIT.toSeconds() + " s (" + lastFailure + ")" + tail());
    }

    private static void pause() {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void await(Process ended) {
        boolean interrupted = false;
        try {
            if (!ended.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                ended.destroyForcibly();
                ended.waitFor();
            }
        } catch (InterruptedException _) {
            ended.destroyForcibly();
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void endWatch() {
        if (watch != null) {
            // first of all: a watch that outlives its server could kill a stranger that got the same id
            watch.destroyForcibly();
            watch = null;
        }
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return process;
    }

    private String tail() {
        try (Stream<String> all = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            List<String> lines = all.toList();
            return "; the end of " + log + ":\n"
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException | UncheckedIOException e) {
            return "; its log can't be read: " + e.getMessage();
        }
    }

    static Path writeLogback(Path folder, String level) {
        return write(folder.resolve("logback.xml"), """
                <configuration>
                  <statusListener class="ch.qos.logback.core.status.NopStatusListener"/>
                  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger{30} %msg%n</pattern></encoder>
                  </appender>
                  <root level="warn"><appender-ref ref="out"/></root>
                  <logger name="org.heliograph" level="LEVEL"/>
                </configuration>
                """.replace("LEVEL", level));
    }

    /** Writes a configuration file, creating its folder. */
    static Path write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            return Files.writeString(file, text).toAbsolutePath();
        } catch (IOException e) {
            throw new ServerException("can't write " + file + ": " + e.getMessage(), e);
        }
    }

    /** An existing folder, absolute, so that the child needn't share this process's working directory. */
    static Path folder(Path folder) {
        try {
            return Files.createDirectories(folder.toAbsolutePath());
        } catch (IOException e) {
            throw new ServerException("can't create " + folder + ": " + e.getMessage(), e);
        }
    }
}
