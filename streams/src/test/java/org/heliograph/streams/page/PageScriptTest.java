package org.heliograph.streams.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the tests of the page's scripts (page.test.js) where there is a Node. */
class PageScriptTest {
    private static final List<String> FILES = List.of(
            "format.js",
            "freshness.js",
            "flow.js",
            "chart.js",
            "view.js",
            "words.js",
            "alerts.js",
            "hall.js",
            "change.js",
            "index.html",
            "page.test.js");

    @Test
    void the_scripts_pass_their_tests(@TempDir Path folder) throws Exception {
        assumeTrue(hasNode(), "no Node on this machine's PATH");
        for (String file : FILES) {
            try (InputStream resource = getClass().getResourceAsStream("/heliograph/page/" + file)) {
                Files.write(
                        folder.resolve(file),
                        Objects.requireNonNull(resource, file).readAllBytes());
            }
        }
        Files.writeString(folder.resolve("package.json"), "{\"type\": \"module\"}");

        Process node = new ProcessBuilder("node", "--test", "page.test.js")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(node.waitFor()).as(output).isZero();
    }

    private static boolean hasNode() throws IOException {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(path -> Files.isExecutable(Path.of(path, "node")));
    }
}
