package org.heliograph.lab.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The query interface that every InfluxDB has, whoever runs it: {@code /query} with InfluxQL. */
public final class InfluxQl implements AutoCloseable {
    private final Http http;
    private final String path;

    /** @param token for {@code Authorization: Token}; empty for none */
    public InfluxQl(String url, String token) {
        this(url, token, "/query");
    }

    /** @param path of the interface, with whatever has to be said to every question */
    InfluxQl(String url, String token, String path) {
        http = new Http(url, token);
        this.path = path;
    }

    /** Whether a server is there. */
    public boolean answers() throws IOException {
        return http.status("/ping") == 204;
    }

    /**
     * The rows of an InfluxQL statement, of all its series one after the other; a row also has its series' tags where
     * the statement groups by them. A database that doesn't exist yet has none. Times ({@code time}) are epoch milliseconds.
     *
     * @throws ServerException if the server can't be reached or refuses the statement
     */
    public List<Row> query(String database, String influxql) {
        JsonNode answer = http.json("POST", path, Map.of("db", database, "q", influxql, "epoch", "ms"));
        List<Row> rows = new ArrayList<>();
        for (JsonNode result : answer.path("results")) {
            if (result.path("error").asText().startsWith("database not found")) {
                continue; // nobody has written yet
            }
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

    @Override
    public void close() {
        http.close();
    }
}
