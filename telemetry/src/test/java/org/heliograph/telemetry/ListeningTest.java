package org.heliograph.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers in processes of their own: the JDK reads its limits once, and they would be those of every other test. */
@Timeout(300)
class ListeningTest {
    private static final String BEGUN = "GET / HTTP/1.1\r\nHost: x\r\n";
    private static final String WHOLE = BEGUN + "\r\n";
    private static final int PATIENCE_MILLIS = 120_000;

    @Test
    void a_request_that_is_begun_and_left_is_closed() throws Exception {
        // so that this takes two seconds and not twenty
        try (LimitedServer server = LimitedServer.start(100, Map.of(Listening.REQUEST_SECONDS_MAX, "1"));
                Socket left = connect(server)) {
            send(left, BEGUN);
            assertThat(isClosed(left)).isTrue();
        }
    }

    @Test
    void beyond_the_connections_allowed_the_next_is_closed() throws Exception {
        try (LimitedServer server = LimitedServer.start(2, Map.of());
                Socket first = connect(server);
                Socket second = connect(server)) {
            assertThat(isAnswered(first)).isTrue();
            assertThat(isAnswered(second)).isTrue();
            try (Socket third = connect(server)) {
                assertThat(isAnswered(third)).isFalse();
            }
            assertThat(isAnswered(first)).as("those that are there are served").isTrue();
        }
    }

    @Test
    void a_request_has_ten_seconds_unless_an_operator_sets_another_limit() throws Exception {
        try (LimitedServer server = LimitedServer.start(100, Map.of())) {
            assertThat(server.requestSeconds()).isEqualTo("10");
            assertThat(server.connections()).isEqualTo("100");
        }
        Map<String, String> own = Map.of(Listening.REQUEST_SECONDS_MAX, "7", Listening.CONNECTIONS_MAX, "1");
        try (LimitedServer server = LimitedServer.start(100, own);
                Socket first = connect(server)) {
            assertThat(server.requestSeconds()).isEqualTo("7");
            assertThat(isAnswered(first)).isTrue();
            try (Socket second = connect(server)) {
                assertThat(isAnswered(second)).isFalse();
            }
        }
    }

    private static Socket connect(LimitedServer server) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static void send(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    }

    /** Whether the server serves it, and doesn't close it instead. */
    private static boolean isAnswered(Socket socket) throws IOException {
        try {
            send(socket, WHOLE);
            StringBuilder answer = new StringBuilder();
            for (int read = socket.getInputStream().read();
                    read >= 0;
                    read = socket.getInputStream().read()) {
                answer.append((char) read);
                if (answer.indexOf(LimitedServer.ANSWER) >= 0) {
                    return true;
                }
            }
            return false;
        } catch (SocketException _) {
            return false; // reset, as it held bytes that nobody had read
        }
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException _) {
            return true; // reset, as it held bytes that nobody had read
        }
    }
}
