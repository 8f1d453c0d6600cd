package org.heliograph.lab.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.heliograph.lab.packages.Root.Answer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The images, as far as they can be had without a builder of images: what the last stage of each description copies and
 * runs is done in a root folder that has a few packages of Debian and nothing else; then its program is run there, as the
 * user that the image names, with nothing writable but {@code /tmp} and its own folder.
 */
class ContainerfileIT {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "agent,agent,agent/src/main/packaging/home/training/agent.yaml",
        "streams,streams,streams/src/main/packaging/home/training/streams.yaml",
        "sim-devices,sim,"
    })
    void an_image_has_what_its_program_needs_and_runs_as_nobody_on_a_root_that_is_read_only(
            String module, String program, String configuration) throws IOException {
        assumeTrue(Built.program(module, program).isPresent(), Built.MISSING);
        assumeTrue(Root.available(folder.resolve("try")), "this user may not mount");
        Containerfile image = Containerfile.read(HOME.resolve(module).resolve("Containerfile"));
        assertThat(image.base()).isEqualTo("debian:12-slim");
        assertThat(image.user()).isEqualTo("10001:10001");

        try (Root root = Root.ofPackages(folder.resolve("image"))) {
            build(image, root);
            assertThat(root.path("/usr/lib/heliograph/" + program + "/" + program + ".aot"))
                    .as("the cache of classes")
                    .isNotEmptyFile();
            if (configuration != null) {
                Path given = root.path("/etc/heliograph/config");
                copy(HOME.resolve(configuration).resolve("..").normalize(), given);
                Path file = given.resolve(Path.of(configuration).getFileName().toString());
                Files.writeString(
                        file,
                        Files.readString(file)
                                .replace("path: ", "path: /var/lib/heliograph/")
                                .replace("state: ", "state: /var/lib/heliograph/"));
            }
            root.seal("10001", "/var/lib/heliograph");

            assertThat(asItsUser(root, image, "--version")).startsWith("heliograph " + program + " 0.");
            assertThat(root.runAs(image.user(), "touch", "/usr/lib/x").status()).isNotZero();
            if (configuration != null) {
                String file = "/etc/heliograph/config/" + Path.of(configuration).getFileName();
                assertThat(image.command()).containsExactly("run", file);
                assertThat(asItsUser(root, image, "check", file)).isNotEmpty();
            }
        }
    }

    private static String asItsUser(Root root, Containerfile image, String... arguments) throws IOException {
        String[] command = Stream.concat(image.entrypoint().stream(), Arrays.stream(arguments))
                .toArray(String[]::new);
        Answer answer = root.runAs(image.user(), command);
        assertThat(answer.status())
                .as("%s: %s", Arrays.toString(command), answer.output())
                .isZero();
        return answer.output();
    }

    private static void build(Containerfile image, Root root) throws IOException {
        for (List<String> copied : image.copied()) {
            copy(only(copied.get(0).replace("/src/", "")), root.path(copied.get(1)));
        }
        for (String command : image.runs()) {
            succeed(root, "sh", "-c", command);
        }
    }

    /** What a pattern of a description stands for. */
    private static Path only(String pattern) throws IOException {
        Path fixed = HOME.resolve(pattern.substring(0, pattern.indexOf('*'))).getParent();
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + HOME.resolve(pattern));
        try (Stream<Path> below = Files.walk(fixed, 2)) {
            List<Path> found = below.filter(matcher::matches).toList();
            assertThat(found).as(pattern).hasSize(1);
            return found.getFirst();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Process cp = new ProcessBuilder("cp", "--archive", from.toString(), to.toString())
                .inheritIO()
                .start();
        try {
            assertThat(cp.waitFor()).isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static String succeed(Root root, String... command) throws IOException {
        Answer answer = root.run(command);
        assertThat(answer.status())
                .as("%s: %s", Arrays.toString(command), answer.output())
                .isZero();
        return answer.output();
    }
}
