package org.heliograph.streams.page;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** A conversation with a Chromium, or with one tab of it, in its DevTools protocol. */
final class DevTools implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final JsonFactory JSON = new JsonFactory();

    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<String>> answers = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    DevTools(URI address) {
        socket = http.newWebSocketBuilder().buildAsync(address, new Listener()).join();
    }

    /** Errors of which the tab has told: see {@link Browser#complaints}. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    String call(String method, String parameters) {
        int id = lastId.incrementAndGet();
        CompletableFuture<String> answer = new CompletableFuture<>();
        answers.put(id, answer);
        CompletableFuture<WebSocket> sent =
                socket.sendText("{\"id\":%d,\"method\":\"%s\",\"params\":%s}".formatted(id, method, parameters), true);
        return sent.thenCombine(answer, (_, text) -> text)
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    @Override
    public void close() {
        socket.abort();
        http.close();
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

    /** The first field of that name, however deep; empty when there is none. */
    static String value(String json, String field) {
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

    interface Look<T> {
        T look();
    }

    /** Looks until what is seen is as expected, and returns it; or what was seen last, when time is up. */
    static <T> T await(Look<T> look, Predicate<T> expected) {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        T seen = look.look();
        while (!expected.test(seen) && System.nanoTime() < deadlineNanos) {
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            seen = look.look();
        }
        return seen;
    }
}
