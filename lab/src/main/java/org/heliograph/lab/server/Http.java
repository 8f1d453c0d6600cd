package org.heliograph.lab.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Requests to a server's query interface. */
final class Http implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String base;
    private final String token;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    Http(String base) {
        this(base, "");
    }

    /** @param token for {@code Authorization: Token}; empty for none */
    Http(String base, String token) {
        this.base = base;
        this.token = token;
    }

    int status(String path) throws IOException {
        return send(HttpRequest.newBuilder(URI.create(base + path))).statusCode();
    }

    /** The answer to a GET, or to a POST of the parameters as a form. */
    JsonNode json(String method, String path, Map<String, String> parameters) {
        String form = parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        HttpRequest.Builder request = method.equals("POST")
                ? HttpRequest.newBuilder(URI.create(base + path))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form))
                : HttpRequest.newBuilder(URI.create(base + path + "?" + form));
        try {
            HttpResponse<String> response = send(request);
            JsonNode answer = JSON.readTree(response.body());
            if (response.statusCode() != 200) {
                throw new ServerException(base + path + " answered " + response.statusCode() + ": " + response.body());
            }
            return answer;
        } catch (IOException e) {
            throw new ServerException(base + path + ": " + e, e);
        }
    }

    /** A POST of a text, to be answered with a success. */
    void post(String path, String text) {
        try {
            HttpResponse<String> response = send(
                    HttpRequest.newBuilder(URI.create(base + path)).POST(HttpRequest.BodyPublishers.ofString(text)));
            if (response.statusCode() / 100 != 2) {
                throw new ServerException(base + path + " answered " + response.statusCode() + ": " + response.body());
            }
        } catch (IOException e) {
            throw new ServerException(base + path + ": " + e, e);
        }
    }

    /** A JSON scalar as a row's value; null for JSON's null. */
    static @Nullable Object value(JsonNode node) {
        if (node.isNull()) {
            return null;
        }
        if (node.isIntegralNumber()) {
            return node.longValue();
        }
        return node.isNumber() ? (Object) node.doubleValue() : node.asText();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        if (!token.isEmpty()) {
            request.header("Authorization", "Token " + token);
        }
        try {
            return client.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
