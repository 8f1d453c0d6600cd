package org.heliograph.telemetry;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A server as {@link Listening} makes it, in a process that ends when nobody holds its input any more. */
record LimitedServer(Process process, int port, String requestSeconds, String connections) implements AutoCloseable {
    static final String ANSWER = "served";

    /**
     * @param connections how many it may have
     * @param properties what its operator has set
     */
    static LimitedServer start(int connections, Map<String, String> properties) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                LimitedServer.class.getName(),
                Integer.toString(connections)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
        String line = said.readLine();
        if (line == null) {
            throw new IOException("the server ended before it had a port");
        }
        List<String> words = List.of(line.split(" "));
        return new LimitedServer(process, Integer.parseInt(words.get(0)), words.get(1), words.get(2));
    }

    public static void main(String[] arguments) throws IOException {
        HttpServer server = Listening.plain(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0, Integer.parseInt(arguments[0]));
        server.createContext("/", exchange -> {
            try (exchange) {
                Answer.give(exchange, 200, Answer.TEXT, ANSWER);
            }
        });
        server.start();
        System.out.println(String.join(
                " ",
                Integer.toString(server.getAddress().getPort()),
                System.getProperty(Listening.REQUEST_SECONDS_MAX),
                System.getProperty(Listening.CONNECTIONS_MAX)));
        while (System.in.read() >= 0) {
            // until its input ends
        }
        server.stop(0);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
