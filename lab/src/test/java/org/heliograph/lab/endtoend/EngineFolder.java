package org.heliograph.lab.endtoend;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.telemetry.wire.Topics;

/** A folder with the configuration of an engine alone, and what an operator may do with it. */
record EngineFolder(Path home, Topics topics) {
    /**
     * Writes the configuration.
     *
     * @param instance the instance's own name; empty for none
     * @param site the site model
     */
    static EngineFolder write(Path home, String bootstrap, Topics topics, String instance, String site) {
        try {
            Files.createDirectories(home);
            Files.writeString(home.resolve("site.yaml"), site);
            Files.writeString(
                    home.resolve("streams.yaml"), """
                    kafka:
                      bootstrap: "%s"
                      prefix: %s
                      properties: {consumer.session.timeout.ms: "6000"}
                    sites: [site.yaml]
                    engine:
                      application: %s
                      instance: "%s"
                      state: state
                      sitePartitions: 2
                      grace: PT3S
                    sink: {enabled: false}
                    page: {enabled: false}
                    """.formatted(bootstrap, topics.prefix(), topics.prefix(), instance));
            return new EngineFolder(home, topics);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    HeliographProcess run() {
        return HeliographProcess.streams(home, home.resolve("streams.yaml"));
    }

    /** What a command said and its exit status. */
    record Answer(int status, String out, String err) {}

    /** {@code heliograph streams} with these arguments and this folder's configuration. */
    Answer streams(String... arguments) throws IOException, InterruptedException {
        int status = begin(arguments).waitFor();
        return new Answer(
                status,
                Files.readString(home.resolve("out.txt"), StandardCharsets.UTF_8),
                Files.readString(home.resolve("err.txt"), StandardCharsets.UTF_8));
    }

    /** The same, begun. */
    Process begin(String... arguments) throws IOException {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djava.io.tmpdir=" + Files.createDirectories(home.resolve("tmp")),
                "-Dlogback.configurationFile=" + logback(),
                "-cp",
                classPath,
                "org.heliograph.streams.Main"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--config", home.resolve("streams.yaml").toString()));
        return new ProcessBuilder(command)
                .redirectOutput(home.resolve("out.txt").toFile())
                .redirectError(home.resolve("err.txt").toFile())
                .start();
    }

    private Path logback() throws IOException {
        return Files.writeString(home.resolve("command-logback.xml"), """
                <configuration>
                  <statusListener class="ch.qos.logback.core.status.NopStatusListener"/>
                  <appender name="err" class="ch.qos.logback.core.ConsoleAppender">
                    <target>System.err</target><encoder><pattern>%-5level %logger{30} %msg%n</pattern></encoder>
                  </appender>
                  <root level="warn"><appender-ref ref="err"/></root>
                </configuration>
                """);
    }
}
