package org.heliograph.streams.page;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A headless Chromium's process. It takes seconds to start, so it is many browsers, one after the other. */
final class Chromium implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

    private final Process process;
    private final Process watch;
    private final String address;
    private final DevTools devTools;

    /** Where a Chromium is on this machine. */
    static Optional<Path> find() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** @param profile an empty folder of its own */
    Chromium(Path program, Path profile) throws IOException {
        process = new ProcessBuilder(
                        program.toString(),
                        "--headless=new",
                        "--lang=en-US",
                        "--accept-lang=en-US",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-quic",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--no-first-run",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(profile.resolve("output.log").toFile())
                .start();
        watch = watch(process.pid());
        Path said = profile.resolve("DevToolsActivePort");
        List<String> portAndPath = DevTools.await(() -> lines(said), lines -> lines.size() >= 2);
        address = "ws://127.0.0.1:" + portAndPath.getFirst();
        devTools = new DevTools(URI.create(address + portAndPath.get(1)));
    }

    /** Kills the browser when this JVM ends, however it ends: a watching shell reads until then. */
    private static Process watch(long pid) throws IOException {
        return new ProcessBuilder("/bin/sh", "-c", "read -r _; kill -9 \"$1\" 2>/dev/null", "watch", "" + pid)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    long pid() {
        return process.pid();
    }

    /** One that remembers nothing of those before it: no cookie, no choice, no cache. */
    Browser browser() {
        String person = DevTools.value(devTools.call("Target.createBrowserContext", "{}"), "browserContextId");
        String tab = DevTools.value(
                devTools.call(
                        "Target.createTarget",
                        "{\"url\":\"about:blank\",\"browserContextId\":\"%s\"}".formatted(person)),
                "targetId");
        return new Browser(
                new DevTools(URI.create(address + "/devtools/page/" + tab)),
                () -> devTools.call("Target.disposeBrowserContext", "{\"browserContextId\":\"%s\"}".formatted(person)));
    }

    @Override
    public void close() {
        devTools.close();
        // first of all: a watch that outlives its browser could kill a stranger that got the same id
        watch.destroyForcibly();
        List<ProcessHandle> family = process.descendants().toList();
        process.destroy();
        process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
        process.destroyForcibly();
        family.forEach(ProcessHandle::destroyForcibly);
        family.forEach(child -> child.onExit().join());
        process.onExit().join();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException _) {
            return List.of();
        }
    }
}
