package org.heliograph.lab.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is built twice, in different places, is the same. */
class ReproducibleBuildIT {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> SOURCES =
            List.of("pom.xml", "mvnw", ".mvn", "telemetry", "agent", "streams", "sim-devices", "lab/pom.xml");

    @TempDir
    private Path elsewhere;

    @Test
    void every_package_of_a_second_build_in_another_place_is_byte_for_byte_the_first() throws Exception {
        assumeTrue(Built.debianPackage().isPresent(), Built.MISSING);
        for (String source : SOURCES) {
            copy(HOME.resolve(source), elsewhere.resolve(source));
        }
        List<String> build = new ArrayList<>(List.of("./mvnw", "-q", "-B", "-P", "packages"));
        Optional.ofNullable(System.getProperty("localRepository"))
                .ifPresent(repository -> build.add("-Dmaven.repo.local=" + repository));
        // what the first build has been checked for needn't be again
        build.addAll(List.of("-Dmaven.test.skip=true", "-Dspotless.check.skip=true", "-Dheliograph.checks=-nowarn"));
        build.addAll(List.of("-pl", "agent,streams,sim-devices", "-am", "package"));
        Path log = elsewhere.resolve("build.log");
        int status = new ProcessBuilder(build)
                .directory(elsewhere.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        assertThat(status).as(() -> readable(log)).isZero();

        List<Path> made = results(HOME);
        assertThat(made).hasSize(7);
        for (Path first : made) {
            assertThat(elsewhere.resolve(HOME.relativize(first))).hasSameBinaryContentAs(first);
        }
    }

    private static List<Path> results(Path home) throws IOException {
        List<Path> results = new ArrayList<>();
        for (String module : List.of("agent", "streams", "sim-devices")) {
            try (Stream<Path> files = Files.list(home.resolve(module).resolve("target"))) {
                files.filter(file -> file.getFileName().toString().matches(".*\\.deb|.*\\.tar\\.gz|bom\\.json"))
                        .forEach(results::add);
            }
        }
        return results;
    }

    private static String readable(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.filter(
                            path -> !HOME.relativize(path).toString().matches("[^/]+/target(/.*)?"))
                    .toList()) {
                Path copied = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(copied);
                } else {
                    Files.createDirectories(copied.resolveSibling(""));
                    Files.copy(path, copied, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }
}
