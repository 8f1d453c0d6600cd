package org.heliograph.lab.helm;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The chart of this repository. */
final class Chart {
    static final Path REPOSITORY = Path.of("").toAbsolutePath().resolveSibling("");
    static final Path FOLDER = REPOSITORY.resolve("helm/heliograph");
    static final Path MINIMAL = example("minimal");
    static final Path PRODUCTION = example("production");
    static final Path EDGE = example("edge");
    static final String RELEASE = "heliograph";
    static final String OLDEST = "1.30.0";
    static final String NEWEST = "1.36.0";

    private static final String HOOK = "helm.sh/hook:";
    private static final String NO_HOOK = "helm.sh/no-hook:";

    private Chart() {}

    static Path example(String name) {
        return FOLDER.resolve("examples/" + name + "/values.yaml");
    }

    /** Skips a test where Helm can't be loaded. */
    static void assumeHelm() {
        boolean here = System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
        assumeTrue(here, "Helm's native library is among the libraries for Linux on amd64 only");
    }

    static LintResult lint() {
        return new Helm(FOLDER).lint().strict().call();
    }

    /** What {@code helm template} prints for some values, the later ones on top. */
    static String render(String release, Path... values) {
        return render(OLDEST, release, values);
    }

    /** Helm's library prints no hooks. So they are none to it, in a copy of the chart, and become hooks again. */
    static String render(String kubernetes, String release, Path... values) {
        Path copy = copy();
        try {
            TemplateCommand template = new Helm(copy)
                    .template()
                    .withName(release)
                    .withNamespace("heliograph")
                    .withKubeVersion(kubernetes);
            for (Path file : values) {
                template = template.withValuesFile(file);
            }
            return template.call().replace(NO_HOOK, HOOK);
        } finally {
            delete(copy);
        }
    }

    /** What Helm says once it has installed the chart. */
    static String notes(Path values) {
        return new Helm(FOLDER)
                .install()
                .clientOnly()
                .dryRun()
                .withName(RELEASE)
                .withNamespace("heliograph")
                .withKubeVersion(OLDEST)
                .withValuesFile(values)
                .call()
                .getOutput();
    }

    static Manifests manifests(Path... values) {
        return Manifests.parse(render(RELEASE, values));
    }

    static String read(Path values) {
        try {
            return Files.readString(values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path values(Path folder, String yaml) {
        try {
            return Files.writeString(folder.resolve("values.yaml"), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path copy() {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            Path copy = Files.createTempDirectory("heliograph-chart");
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(FOLDER.relativize(file));
                Files.createDirectories(target.resolveSibling(""));
                Files.writeString(target, Files.readString(file).replace(HOOK, NO_HOOK));
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.toList().reversed();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
