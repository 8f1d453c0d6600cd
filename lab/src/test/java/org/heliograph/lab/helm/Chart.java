package org.heliograph.lab.helm;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The chart of this repository. */
final class Chart {
    static final Path REPOSITORY = Path.of("").toAbsolutePath().resolveSibling("");
    static final Path FOLDER = REPOSITORY.resolve("helm/heliograph");
    static final Path MINIMAL = FOLDER.resolve("examples/minimal/values.yaml");
    static final String RELEASE = "heliograph";

    private Chart() {}

    /** Skips a test where Helm can't be loaded. */
    static void assumeHelm() {
        boolean here = System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
        assumeTrue(here, "Helm's native library is among the libraries for Linux on amd64 only");
    }

    static LintResult lint() {
        return new Helm(FOLDER).lint().strict().call();
    }

    /** What {@code helm template} prints for the minimal example, with further values on top. */
    static String render(String release, Path... values) {
        TemplateCommand template = new Helm(FOLDER)
                .template()
                .withName(release)
                .withNamespace("heliograph")
                .withKubeVersion("1.30.0");
        for (Path file : values) {
            template = template.withValuesFile(file);
        }
        return template.call();
    }

    static Manifests manifests(Path... values) {
        return Manifests.parse(render(RELEASE, values));
    }

    static Path values(Path folder, String yaml) {
        try {
            return Files.writeString(folder.resolve("values.yaml"), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
