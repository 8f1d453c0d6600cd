package org.heliograph.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AnswerTest {
    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    AnswerTest() throws IOException {
        server = Listening.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0, 100);
    }

    @BeforeEach
    void start() {
        server.createContext("/", exchange -> {
            try (exchange) {
                if (Answer.isToRead(exchange)) {
                    Answer.give(exchange, Answer.UNAVAILABLE, Answer.TEXT, "énergie\n");
                }
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    @Test
    void who_asks_is_answered() throws Exception {
        HttpResponse<String> answer = ask("GET");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue(Answer.TEXT);
        assertThat(answer.body()).isEqualTo("énergie\n");
    }

    @Test
    void who_asks_for_the_head_only_gets_the_length_of_the_rest() throws Exception {
        HttpResponse<String> answer = ask("HEAD");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Content-Length")).hasValue("9");
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void who_wants_more_than_to_read_is_told_what_there_is() throws Exception {
        HttpResponse<String> answer = ask("DELETE");

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }

    private HttpResponse<String> ask(String method) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(Listening.address(server))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
