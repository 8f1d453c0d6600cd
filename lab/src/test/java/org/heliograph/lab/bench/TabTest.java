package org.heliograph.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The browser that the page's benchmark looks into. */
class TabTest {
    /** Says when its document is asked how far it is. */
    private static final String TELLS = """
            <script>
              const state = Object.getOwnPropertyDescriptor(Document.prototype, "readyState");
              Object.defineProperty(document, "readyState", {
                get() {
                  fetch("/looked");
                  return state.get.call(document);
                },
              });
            </script>
            """;

    @TempDir
    private Path folder;

    /** Of a page that was still being read there was nothing to watch: a whole run measured no screen. */
    @Test
    void a_tab_is_there_when_its_page_is_whole() throws Exception {
        assumeTrue(Tab.chromium().isPresent(), "no Chromium");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        CountDownLatch looked = new CountDownLatch(1);
        server.createContext("/looked", exchange -> {
            looked.countDown();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                say(body, "<!doctype html><title>half</title>" + TELLS + " ".repeat(2_000));
                // the rest comes once somebody has looked whether it is there, so whoever doesn't wait looks too early
                looked.await(2, TimeUnit.MINUTES);
                say(body, "<p id='late'>here</p>");
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });
        server.start();
        URI page = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        try (Tab tab = new Tab(Tab.chromium().orElseThrow(), folder, page)) {
            assertThat(tab.evaluate("document.getElementById('late').textContent"))
                    .isEqualTo("here");
            assertThat(tab.evaluate("navigator.language")).isEqualTo("en-US");
            assertThatThrownBy(() -> tab.evaluate("document.getElementById('nowhere').textContent"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("null");
        } finally {
            server.stop(0);
        }
    }

    private static void say(OutputStream body, String text) throws IOException {
        body.write(text.getBytes(StandardCharsets.UTF_8));
        body.flush();
    }
}
