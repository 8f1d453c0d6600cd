package org.heliograph.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ListeningTest {
    private static final int PATIENCE_MILLIS = 120_000;

    @Test
    void a_request_that_is_begun_and_left_is_closed_and_what_an_operator_sets_stays() throws IOException {
        System.setProperty(Listening.REQUEST_SECONDS_MAX, "1"); // so that this takes two seconds and not twenty
        HttpServer server = Listening.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0, 100);
        server.start();
        try (Socket socket =
                new Socket(server.getAddress().getAddress(), server.getAddress().getPort())) {
            assertThat(System.getProperty(Listening.REQUEST_SECONDS_MAX)).isEqualTo("1");
            assertThat(System.getProperty(Listening.CONNECTIONS_MAX)).isEqualTo("100");
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(isClosed(socket)).isTrue();
        } finally {
            server.stop(0);
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
