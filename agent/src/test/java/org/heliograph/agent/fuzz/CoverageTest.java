package org.heliograph.agent.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jazzer looks for inputs that reach code which no other has, in a JVM of its own: bounded by a number of inputs, or with
 * {@code -Dfuzz.seconds=600} by time. It begins with the seeds in {@code src/test/resources/hostile/}; what fails is printed
 * as Base64, to become one of them.
 */
class CoverageTest {
    private static final int RUNS = 20_000;
    private static final String UNBOUNDED = "-1";

    @TempDir
    private Path folder = Path.of("");

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void no_input_makes_a_decoder_fail() throws Exception {
        assumeThat(System.getProperty("os.name"))
                .as("Jazzer's library is there")
                .isIn("Linux", "Mac OS X");
        Path found = Files.createDirectory(folder.resolve("found"));
        Path seeds = seeds();
        Path log = folder.resolve("jazzer.log");
        long seconds = Long.getLong("fuzz.seconds", 0);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+EnableDynamicAgentLoading",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + Decoders.class.getName(),
                "--instrumentation_includes=org.heliograph.**:com.fasterxml.jackson.core.**",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + "/",
                "-seed=4",
                "-timeout=300",
                "-rss_limit_mb=1024",
                "-max_len=4096",
                "-runs=" + (seconds == 0 ? RUNS : UNBOUNDED)));
        if (seconds > 0) {
            command.add("-max_total_time=" + seconds);
        }
        command.add(found.toString());
        command.add(seeds.toString());
        Process jazzer = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(jazzer.waitFor()).as(() -> tail(log)).isZero();
            assertThat(Files.readString(log)).contains("Done ");
        } finally {
            jazzer.destroyForcibly();
        }
    }

    /** Those of the other tests, each with the byte before it that chooses its decoder. */
    private Path seeds() throws IOException {
        Path seeds = Files.createDirectory(folder.resolve("seeds"));
        Path hostile = Path.of("src/test/resources/hostile");
        copy(Decoders.Choice.SENML_JSON, hostile.resolve("senml"), seeds);
        copy(Decoders.Choice.SENML_CBOR, hostile.resolve("senml-cbor"), seeds);
        copy(Decoders.Choice.SENML_CBOR, Path.of("src/test/resources/senml-rfc8428"), seeds);
        copy(Decoders.Choice.VENDOR_JSON, hostile.resolve("json"), seeds);
        copy(Decoders.Choice.SPARKPLUG, hostile.resolve("sparkplug"), seeds);
        copy(Decoders.Choice.PACK, hostile.resolve("pack"), seeds);
        int i = 0;
        for (byte[] body : SparkplugScript.bodies()) {
            Files.write(seeds.resolve("sparkplug-body-" + i++), Decoders.Choice.SPARKPLUG.with(body));
        }
        return seeds;
    }

    private static void copy(Decoders.Choice choice, Path from, Path to) throws IOException {
        if (!Files.isDirectory(from)) {
            return;
        }
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = choice.name().toLowerCase(Locale.ROOT) + "-"
                        + from.relativize(file).toString().replace('/', '-');
                Files.write(to.resolve(name), choice.with(Files.readAllBytes(file)));
            }
        }
    }

    private static String tail(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
