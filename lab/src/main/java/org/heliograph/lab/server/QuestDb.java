package org.heliograph.lab.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.heliograph.streams.influx.QuestDbTables;

/**
 * QuestDB, embedded in a JVM of its own: the demo's store. It takes writes as InfluxDB 2 does; its tables are created
 * beforehand, so that writing a point again overwrites it as it would in InfluxDB.
 */
public final class QuestDb extends Server {
    private static final int HEAP_MIB = 256;

    private final int port;
    private final Http http;

    private QuestDb(int port, ServerProcess process, Http http) {
        super(process);
        this.port = port;
        this.http = http;
    }

    /**
     * Starts a store with Heliograph's tables and returns when it answers.
     *
     * @throws ServerException if it doesn't
     */
    @SuppressWarnings("resource") // the client is closed with the server
    public static QuestDb start(Path folder) {
        Path home = ServerProcess.folder(folder);
        int port = FreePort.find();
        ServerProcess.write(home.resolve("conf").resolve("server.conf"), settings(port));
        ServerProcess.write(home.resolve("conf").resolve("log.conf"), """
                writers=stdout
                w.stdout.class=io.questdb.log.LogConsoleWriter
                w.stdout.level=CRITICAL,ERROR
                """);
        Http http = new Http("http://127.0.0.1:" + port);
        ServerProcess process = ServerProcess.java(
                "QuestDB",
                home,
                QuestDbProcess.class,
                // no compact object headers: QuestDB counts on their classic layout and crashes the JVM
                List.of("-Xmx" + HEAP_MIB + "m"),
                List.of(home.toString()),
                () -> http.status("/exec?query=select%201") == 200);
        QuestDb store = new QuestDb(port, process, http);
        QuestDbTables.make().forEach(store::query);
        return store;
    }

    /** Where both the Influx v2 write interface and SQL are. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /**
     * The rows of an SQL statement. Times are ISO 8601 texts. A write is visible here a moment after it was
     * acknowledged.
     *
     * @throws ServerException if the server can't be reached or refuses the statement
     */
    public List<Row> query(String sql) {
        JsonNode answer = http.json("GET", "/exec", Map.of("query", sql));
        List<Row> rows = new ArrayList<>();
        for (JsonNode line : answer.path("dataset")) {
            Map<String, Object> values = new LinkedHashMap<>();
            for (int i = 0; i < line.size(); i++) {
                Object value = Http.value(line.get(i));
                if (value != null) {
                    values.put(answer.get("columns").get(i).get("name").asText(), value);
                }
            }
            rows.add(new Row(values));
        }
        return rows;
    }

    @Override
    public void close() {
        super.close();
        http.close();
    }

    private static String settings(int port) {
        return """
                http.bind.to=127.0.0.1:%d
                http.min.enabled=false
                pg.enabled=false
                line.tcp.enabled=false
                line.udp.enabled=false
                line.http.enabled=true
                telemetry.enabled=false
                metrics.enabled=false
                shared.worker.count=2
                # many small columns: the defaults reserve 16 MB for each
                cairo.writer.data.append.page.size=1M
                cairo.writer.data.index.value.append.page.size=1M
                cairo.o3.column.memory.size=256K
                """.formatted(port);
    }
}
