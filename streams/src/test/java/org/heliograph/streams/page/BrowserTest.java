package org.heliograph.streams.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrowserTest {
    @TempDir
    private Path folder;

    @Test
    void no_browser_outlives_a_killed_parent() throws Exception {
        assumeTrue(Chromium.find().isPresent(), "no Chromium on this machine's PATH");
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parent.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out = parent.inputReader()) {
            ProcessHandle browser =
                    ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
            List<ProcessHandle> family = browser.descendants().toList();
            parent.destroyForcibly();

            browser.onExit().get(2, TimeUnit.MINUTES);
            for (ProcessHandle child : family) {
                child.onExit().get(2, TimeUnit.MINUTES);
            }
            assertThat(family).as("what the browser itself had started").isNotEmpty();
        } finally {
            parent.destroyForcibly();
        }
    }

    /** Starts a browser, says its id and waits for its end. */
    static final class Parent {
        private Parent() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) throws Exception {
            Path profile = Files.createDirectories(Path.of(arguments[0], "profile"));
            try (Chromium browser = new Chromium(Chromium.find().orElseThrow(), profile)) {
                System.out.println(browser.pid());
                Thread.currentThread().join();
            }
        }
    }
}
