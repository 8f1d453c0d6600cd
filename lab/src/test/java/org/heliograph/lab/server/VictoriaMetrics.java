package org.heliograph.lab.server;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Debian's VictoriaMetrics: takes Influx writes, keeps numbers only. */
public final class VictoriaMetrics extends Server {
    private static final String PROGRAM = "victoria-metrics";

    private final int port;
    private final Http http;

    private VictoriaMetrics(int port, ServerProcess process, Http http) {
        super(process);
        this.port = port;
        this.http = http;
    }

    /** Whether this machine has it. */
    public static boolean available() {
        return Program.find(PROGRAM).isPresent();
    }

    /**
     * Starts a server and returns when it answers.
     *
     * @throws ServerException if it doesn't, or isn't installed
     */
    @SuppressWarnings("resource") // the client is closed with the server
    public static VictoriaMetrics start(Path folder) {
        Path home = ServerProcess.folder(folder);
        int port = FreePort.find();
        Http http = new Http("http://127.0.0.1:" + port);
        ServerProcess process = ServerProcess.program(
                "VictoriaMetrics",
                home,
                List.of(
                        Program.require(PROGRAM).toString(),
                        "-httpListenAddr=127.0.0.1:" + port,
                        "-storageDataPath=" + home.resolve("data"),
                        "-retentionPeriod=100y",
                        "-memory.allowedBytes=100MB"),
                () -> http.status("/health") == 200);
        return new VictoriaMetrics(port, process, http);
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** How many values it has of a measurement's field, over all series and times. A write shows up after a moment. */
    public long values(String measurement, String field, long fromMillis, long toMillis) {
        long seconds = (toMillis - fromMillis) / 1000;
        var answer = http.json(
                "GET",
                "/api/v1/query",
                Map.of(
                        "query",
                        "sum(count_over_time(" + measurement + "_" + field + "[" + seconds + "s]))",
                        "time",
                        Long.toString(toMillis / 1000),
                        "nocache",
                        "1"));
        return answer.at("/data/result/0/value/1").asLong();
    }

    /** Takes metrics in Prometheus' text format, each with its time. They show up after a moment. */
    public void scraped(String metrics) {
        http.post("/api/v1/import/prometheus", metrics);
    }

    /** The series that an expression of PromQL gives at a moment, each by its labels. */
    public List<Map<String, String>> series(String expression, Instant at) {
        var answer = http.json(
                "GET",
                "/api/v1/query",
                Map.of("query", expression, "time", Long.toString(at.getEpochSecond()), "nocache", "1"));
        return answer.at("/data/result")
                .valueStream()
                .map(series -> series.path("metric")
                        .propertyStream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, label -> label.getValue().asText())))
                .toList();
    }

    @Override
    public void close() {
        super.close();
        http.close();
    }
}
