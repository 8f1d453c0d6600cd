package org.heliograph.lab.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A page in a headless Chromium, driven over its DevTools protocol. */
final class Tab implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);

    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();

    /** Where a Chromium is on this machine. */
    static Optional<Path> chromium() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Returns when the page is whole: what a script looks for in it is there.
     *
     * @param folder of its own, for the browser's files
     */
    Tab(Path chromium, Path folder, URI page) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        process = new ProcessBuilder(
                        chromium.toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--no-first-run",
                        "--lang=en-US", // whatever its person's is: the page speaks it
                        "--window-size=1920,1080",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + folder,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.log").toFile())
                .start();
        Path portFile = folder.resolve("DevToolsActivePort");
        String port = await(() -> Files.exists(portFile) ? Files.readAllLines(portFile) : List.<String>of())
                .getFirst();
        URI list = URI.create("http://127.0.0.1:" + port + "/json/list");
        String address = await(() -> pages(list)).getFirst();
        socket = http.newWebSocketBuilder()
                .buildAsync(URI.create(address), new Ear())
                .join();
        boolean isOpen = false;
        try {
            open(page);
            isOpen = true;
        } finally {
            if (!isOpen) {
                close();
            }
        }
    }

    /** A document that is still being read has parts missing, and the blank one that was there before it has all. */
    private void open(URI page) throws IOException, InterruptedException {
        JsonNode navigated = call("Page.navigate", JSON.createObjectNode().put("url", page.toString()));
        if (navigated.has("errorText")) {
            throw new IOException(page + ": " + navigated.path("errorText").asText());
        }
        await(() -> evaluate("location.href !== 'about:blank' && document.readyState")
                        .equals("complete")
                ? List.of(page.toString())
                : List.of());
    }

    /**
     * The value of a JavaScript expression, as text.
     *
     * @throws IllegalStateException if it throws
     */
    String evaluate(String expression) {
        JsonNode answer =
                call("Runtime.evaluate", JSON.createObjectNode().put("expression", "String(" + expression + ")"));
        if (answer.has("exceptionDetails")) {
            throw new IllegalStateException(
                    answer.at("/exceptionDetails/exception/description").asText());
        }
        return answer.at("/result/value").asText();
    }

    private JsonNode call(String method, ObjectNode parameters) {
        int id = lastId.incrementAndGet();
        ObjectNode request = JSON.createObjectNode().put("id", id).put("method", method);
        request.set("params", parameters);
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        return socket.sendText(request.toString(), true)
                .thenCombine(answer, (_, heard) -> heard.path("result"))
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    @Override
    public void close() {
        socket.abort();
        http.close();
        List<ProcessHandle> family = process.descendants().toList();
        process.destroy();
        process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
        process.destroyForcibly();
        family.forEach(ProcessHandle::destroyForcibly);
        family.forEach(child -> child.onExit().join());
    }

    /** The tabs only: a browser has targets of other kinds, too, that show nothing. */
    private List<String> pages(URI list) throws IOException, InterruptedException {
        String targets = http.send(HttpRequest.newBuilder(list).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        List<String> pages = new ArrayList<>();
        for (JsonNode target : JSON.readTree(targets)) {
            if (target.path("type").asText().equals("page")) {
                pages.add(target.path("webSocketDebuggerUrl").asText());
            }
        }
        return pages;
    }

    private interface Look {
        List<String> look() throws IOException, InterruptedException;
    }

    private static List<String> await(Look look) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadlineNanos) {
            List<String> seen = look.look();
            if (!seen.isEmpty()) {
                return seen;
            }
            Thread.sleep(LOOK_EVERY);
        }
        throw new IOException("Chromium doesn't come up");
    }

    private final class Ear implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                hear(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }

        private void hear(String message) {
            try {
                JsonNode heard = JSON.readTree(message);
                CompletableFuture<JsonNode> answer =
                        answers.remove(heard.path("id").asInt());
                if (answer != null) {
                    answer.complete(heard);
                }
            } catch (IOException e) {
                throw new IllegalArgumentException(message, e);
            }
        }
    }
}
