package org.heliograph.streams.influx;

import java.io.IOException;
import java.util.Locale;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;

/** What stands behind an address that takes points: each has its own way to be told what to keep. */
enum StoreKind {
    INFLUXDB_1,
    INFLUXDB_2,
    INFLUXDB_3,
    QUESTDB,
    VICTORIA_METRICS,
    UNKNOWN;

    static final String VERSION = "X-Influxdb-Version";

    /**
     * Asks the server, in questions that change nothing.
     *
     * @throws IOException if it can't be reached
     */
    static StoreKind of(SinkSettings sink) throws IOException {
        OkHttpClient http = DetectedStore.http(sink).build();
        HttpUrl base = HttpUrl.get(sink.url().toString());
        String version = version(http, base);
        if (version.startsWith("1.")) {
            return INFLUXDB_1;
        }
        if (version.startsWith("3.")) {
            return INFLUXDB_3;
        }
        // QuestDB says that it is an InfluxDB 2; VictoriaMetrics says nothing
        if (answers(http, base, "exec?query=select%201", "\"dataset\"")) {
            return QUESTDB;
        }
        if (version.startsWith("2.")) {
            return INFLUXDB_2;
        }
        return answers(http, base, "api/v1/query?query=1", "\"status\":\"success\"") ? VICTORIA_METRICS : UNKNOWN;
    }

    private static String version(OkHttpClient http, HttpUrl base) throws IOException {
        try (Response answer = http.newCall(request(base, "ping")).execute()) {
            String version = answer.header(VERSION, "");
            return (version == null ? "" : version).toLowerCase(Locale.ROOT).replaceFirst("^v", "");
        }
    }

    private static boolean answers(OkHttpClient http, HttpUrl base, String path, String word) throws IOException {
        try (Response answer = http.newCall(request(base, path)).execute()) {
            ResponseBody body = answer.body();
            return answer.isSuccessful() && body != null && body.string().contains(word);
        }
    }

    private static Request request(HttpUrl base, String path) throws IOException {
        HttpUrl url = base.resolve(path);
        if (url == null) {
            throw new IOException(base + " has no " + path);
        }
        return new Request.Builder().url(url).build();
    }

    /** What a person has to do there, as the command can't; empty where it can. */
    String advice(String bucket, int days) {
        return switch (this) {
            case INFLUXDB_1, QUESTDB -> "";
            case INFLUXDB_2 ->
                "InfluxDB 2 keeps by bucket, and makes hours by tasks. Nothing was changed; to have it as InfluxDB 1 would:\n"
                        + "  influx bucket update --id ID_OF_" + bucket + " --retention " + days + "d\n"
                        + "  influx bucket create --name " + bucket + "_years --retention 0\n"
                        + "  influx task create --file device_hours.flux    (docs/sink.md has it)";
            case INFLUXDB_3 ->
                "InfluxDB 3 keeps by database, and makes no hours by itself. Nothing was changed; to have raw data for so long:\n"
                        + "  influxdb3 create database " + bucket + " --retention-period " + days + "d";
            case VICTORIA_METRICS ->
                "VictoriaMetrics keeps everything for as long as it was started with. Nothing was changed; start it with:\n"
                        + "  -retentionPeriod=" + days + "d\n"
                        + "It doesn't overwrite: a window that is restated has both values there. It keeps no states, flags and"
                        + " texts.\nUse it beside another store, not as the one that figures are read from.";
            case UNKNOWN ->
                "It is none of InfluxDB, QuestDB and VictoriaMetrics. Nothing was changed; docs/sink.md says what the sink"
                        + " needs of a store.";
        };
    }
}
