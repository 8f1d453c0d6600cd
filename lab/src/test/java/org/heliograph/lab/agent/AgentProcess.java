package org.heliograph.lab.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.heliograph.agent.Main;
import org.heliograph.lab.server.HeliographProcess;

/** {@code agent run} in a JVM of its own. */
final class AgentProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** 128 and the number of SIGTERM. */
    private static final int TERMINATED = 143;

    private final Process process;
    private final String ready;

    private AgentProcess(Process process, String ready) {
        this.process = process;
        this.ready = ready;
    }

    /** Returns when it says that it is ready. Its log is {@code agent.log} beside the configuration. */
    static AgentProcess start(Path config) throws IOException {
        List<String> command = command();
        command.addAll(List.of("run", config.toString()));
        File log = config.resolveSibling("agent.log").toFile();
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log))
                .start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String ready = out.readLine();
        assertThat(ready).as("first line; see " + log).isNotNull();
        return new AgentProcess(process, ready);
    }

    /** The agent's program, with the options that it ships with. */
    static List<String> command() {
        List<String> command = new ArrayList<>();
        // whoever ran the tests may have them ignore it, and a JVM that is started so doesn't hear it
        command.addAll(List.of("env", "--default-signal=HUP"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(HeliographProcess.agentOptions());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        return command;
    }

    /** SIGHUP. */
    void hangUp() throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-HUP", String.valueOf(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    String ready() {
        return ready;
    }

    /** As a crash does it. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits until it ends by itself; returns its exit code. */
    int awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** SIGTERM; it ends by itself, as one that was told to. */
    void stop() throws InterruptedException {
        process.destroy();
        assertThat(awaitEnd()).isEqualTo(TERMINATED);
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join(); // its folder may be deleted now
    }
}
