package org.heliograph.lab.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Debian's InfluxDB 1.6.7: {@code /write} and InfluxQL, no v2 interface. */
public final class InfluxDb implements AutoCloseable {
    private final int port;
    private final ServerProcess process;
    private final Http http;

    private InfluxDb(int port, ServerProcess process, Http http) {
        this.port = port;
        this.process = process;
        this.http = http;
    }

    /** Whether this machine has it. */
    public static boolean available() {
        return Program.find("influxd").isPresent();
    }

    /**
     * Starts a server and returns when it answers.
     *
     * @throws ServerException if it doesn't, or isn't installed
     */
    @SuppressWarnings("resource") // the client is closed with the server
    public static InfluxDb start(Path folder) {
        Path home = ServerProcess.folder(folder);
        int port = FreePort.find();
        Path settings = ServerProcess.write(home.resolve("influxdb.conf"), settings(home, port, FreePort.find()));
        Http http = new Http("http://127.0.0.1:" + port);
        ServerProcess process = ServerProcess.program(
                "InfluxDB",
                home,
                List.of(Program.require("influxd").toString(), "run", "-config", settings.toString()),
                () -> http.status("/ping") == 204);
        return new InfluxDb(port, process, http);
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /**
     * The rows of an InfluxQL statement, of all its series one after the other; a row also has its series' tags where
     * the statement groups by them. Times ({@code time}) are epoch milliseconds.
     *
     * @throws ServerException if the server can't be reached or refuses the statement
     */
    public List<Row> query(String database, String influxql) {
        JsonNode answer = http.json("POST", "/query", Map.of("db", database, "q", influxql, "epoch", "ms"));
        List<Row> rows = new ArrayList<>();
        for (JsonNode result : answer.path("results")) {
            if (result.has("error")) {
                throw new ServerException(influxql + ": " + result.get("error").asText());
            }
            for (JsonNode series : result.path("series")) {
                addRows(series, rows);
            }
        }
        return rows;
    }

    private static void addRows(JsonNode series, List<Row> rows) {
        for (JsonNode line : series.path("values")) {
            Map<String, Object> values = new LinkedHashMap<>();
            series.path("tags")
                    .properties()
                    .forEach(tag -> values.put(tag.getKey(), tag.getValue().asText()));
            for (int i = 0; i < line.size(); i++) {
                Object value = Http.value(line.get(i));
                if (value != null) {
                    values.put(series.get("columns").get(i).asText(), value);
                }
            }
            rows.add(new Row(values));
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it as a crash would; what it has acknowledged is in its write-ahead log. */
    public void kill() {
        process.kill();
    }

    /** Starts it again on the same port and data. */
    public void restart() {
        process.restart();
    }

    @Override
    public void close() {
        process.close();
        http.close();
    }

    private static String settings(Path home, int port, int rpcPort) {
        return """
                reporting-disabled = true
                bind-address = "127.0.0.1:%2$d"
                [meta]
                  dir = "%3$s/meta"
                [data]
                  dir = "%3$s/data"
                  wal-dir = "%3$s/wal"
                  query-log-enabled = false
                  # what a query may return is the test's business
                  max-series-per-database = 0
                  max-values-per-tag = 0
                [coordinator]
                  write-timeout = "30s"
                [monitor]
                  store-enabled = false
                [http]
                  enabled = true
                  bind-address = "127.0.0.1:%1$d"
                  log-enabled = false
                  max-body-size = 0
                [continuous_queries]
                  enabled = false
                [logging]
                  level = "warn"
                """.formatted(port, rpcPort, home);
    }
}
