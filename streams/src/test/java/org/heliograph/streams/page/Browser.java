package org.heliograph.streams.page;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A headless Chromium, spoken to over its DevTools protocol. */
final class Browser implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final JsonFactory JSON = new JsonFactory();

    private final Process process;
    private final Process watch;
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<String>> answers = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    /** Where a Chromium is on this machine. */
    static Optional<Path> find() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** @param profile an empty folder of its own */
    Browser(Path chromium, Path profile) throws IOException, InterruptedException {
        process = new ProcessBuilder(
                        chromium.toString(),
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
        Path portFile = profile.resolve("DevToolsActivePort");
        String port = await(() -> lines(portFile), lines -> lines.size() >= 2).getFirst();
        URI list = URI.create("http://127.0.0.1:" + port + "/json/list");
        String tab = await(() -> pageSocket(list), address -> !address.isEmpty());
        socket = http.newWebSocketBuilder()
                .buildAsync(URI.create(tab), new Listener())
                .join();
        call("Runtime.enable", "{}");
        call("Log.enable", "{}");
        call("Page.enable", "{}");
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

    void size(int width, int height, boolean phone) {
        call(
                "Emulation.setDeviceMetricsOverride",
                "{\"width\":%d,\"height\":%d,\"deviceScaleFactor\":%d,\"mobile\":%b}"
                        .formatted(width, height, phone ? 2 : 1, phone));
    }

    void prefer(String feature, String value) {
        call(
                "Emulation.setEmulatedMedia",
                "{\"features\":[{\"name\":\"%s\",\"value\":\"%s\"}]}".formatted(feature, value));
    }

    /** Returns when the new document is there with its scripts: what the one before shows isn't taken for it. */
    void open(URI address) {
        evaluate("window.left = true");
        call("Page.navigate", "{\"url\":\"%s\"}".formatted(address));
        String arrived =
                awaitValue("document.readyState + ', left: ' + window.left", "complete, left: undefined"::equals);
        if (!arrived.equals("complete, left: undefined")) {
            throw new IllegalStateException(address + " did not open: " + arrived);
        }
    }

    /** The value of a JavaScript expression, as text. */
    String evaluate(String expression) {
        String quoted = String.valueOf(JsonStringEncoder.getInstance().quoteAsString("String(" + expression + ")"));
        return value(call("Runtime.evaluate", "{\"expression\":\"" + quoted + "\"}"), "value");
    }

    /** Runs a script, whatever the page's own policy says of scripts. */
    void run(String script) {
        String quoted = String.valueOf(JsonStringEncoder.getInstance().quoteAsString(script + "\n;0"));
        String answer = call("Runtime.evaluate", "{\"expression\":\"" + quoted + "\"}");
        if (answer.contains("exceptionDetails")) {
            throw new IllegalStateException(answer);
        }
    }

    void press(String key) {
        int code = key.equals("Tab") ? 9 : 13;
        for (String type : new String[] {"keyDown", "keyUp"}) {
            call(
                    "Input.dispatchKeyEvent",
                    "{\"type\":\"%s\",\"key\":\"%s\",\"code\":\"%s\",\"windowsVirtualKeyCode\":%d,\"text\":\"%s\"}"
                            .formatted(type, key, key, code, key.equals("Enter") ? "\\r" : ""));
        }
    }

    /** What the browser says of its person's languages. */
    void language(String acceptLanguage) {
        call("Network.enable", "{}");
        call("Network.setExtraHTTPHeaders", "{\"headers\":{\"Accept-Language\":\"%s\"}}".formatted(acceptLanguage));
    }

    /** Waits until the expression's value is as expected, and returns it; or the last value, when time is up. */
    String awaitValue(String expression, Predicate<String> expected) {
        return await(() -> evaluate(expression), expected);
    }

    /** Errors on the browser's console: scripts that failed, files that are missing, breaches of the security policy. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    void screenshot(Path file, boolean whole) throws IOException {
        String answer = call("Page.captureScreenshot", "{\"captureBeyondViewport\":%b}".formatted(whole));
        Files.write(file, Base64.getDecoder().decode(value(answer, "data")));
    }

    @Override
    public void close() {
        socket.abort();
        http.close();
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

    private String call(String method, String parameters) {
        int id = lastId.incrementAndGet();
        CompletableFuture<String> answer = new CompletableFuture<>();
        answers.put(id, answer);
        CompletableFuture<WebSocket> sent =
                socket.sendText("{\"id\":%d,\"method\":\"%s\",\"params\":%s}".formatted(id, method, parameters), true);
        return sent.thenCombine(answer, (_, text) -> text)
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                take(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }

    private void take(String message) {
        String id = value(message, "id");
        CompletableFuture<String> answer = message.startsWith("{\"id\":") ? answers.remove(Integer.valueOf(id)) : null;
        if (answer != null) {
            answer.complete(message);
        } else if (message.contains("Runtime.exceptionThrown")
                || (message.contains("Log.entryAdded") && message.contains("\"level\":\"error\""))) {
            complaints.add(message);
        }
    }

    /** Of the one page among the parts of the browser itself; empty as long as it isn't there. */
    private String pageSocket(URI list) {
        try {
            String targets = http.send(HttpRequest.newBuilder(list).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            for (JsonNode target : new ObjectMapper().readTree(targets)) {
                if (target.path("type").asText().equals("page")) {
                    return target.path("webSocketDebuggerUrl").asText();
                }
            }
            return "";
        } catch (IOException _) {
            return "";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first field of that name, however deep; empty when there is none. */
    private static String value(String json, String field) {
        try (JsonParser parser = JSON.createParser(json)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.FIELD_NAME && field.equals(parser.currentName())) {
                    parser.nextToken();
                    return parser.getValueAsString("");
                }
            }
            return "";
        } catch (IOException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException _) {
            return List.of();
        }
    }

    private interface Look<T> {
        T look();
    }

    private static <T> T await(Look<T> look, Predicate<T> expected) {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        T seen = look.look();
        while (!expected.test(seen) && System.nanoTime() < deadlineNanos) {
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            seen = look.look();
        }
        return seen;
    }
}
