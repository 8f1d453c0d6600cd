package org.heliograph.streams.influx;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.influxdb.InfluxDB;
import org.influxdb.InfluxDBException;
import org.influxdb.InfluxDBIOException;
import org.influxdb.dto.Query;
import org.influxdb.dto.QueryResult;

/**
 * How long a store keeps what. A QuestDB: windows and alerts for ever, everything else for a while. An InfluxDB 1: everything for a while, in the retention policy that the sink writes to; windows
 * of an hour and longer, alerts, and hours of devices for ever, in another, which continuous queries fill. They look
 * back further than readings may come late, so that restatements get there too.
 *
 * @param database what the sink writes to
 * @param days how long everything is kept
 */
public record Retention(String database, int days) {
    private static final String YEARS = "years";

    /** Longer than a year, whose window is stated until it has ended and may be restated after that. */
    private static final String WINDOWS_BACK = "400d";

    /** Longer than the late horizon. */
    private static final String DEVICES_BACK = "50h";

    private static final List<String> WINDOW_FIELDS = Stream.of(
                    "energy_dc_kwh energy_it_kwh energy_it1_kwh energy_it2_kwh energy_it3_kwh energy_cooling_kwh",
                    "energy_import_kwh energy_export_kwh energy_pv_kwh energy_self_kwh energy_charge_kwh",
                    "energy_discharge_kwh energy_generator_kwh pue pue_category pue1 pue2 pue3 dcie",
                    "self_consumption self_sufficiency ref cue co2_avoided_kg co2_avoided_marginal_kg co2_export_kg",
                    "co2_location_kg co2_coverage factor_average factor_marginal factor_fuel coverage estimated",
                    "state revision cause")
            .flatMap(line -> Stream.of(line.split(" ", -1)))
            .toList();

    /** What went wrong, as the server says it. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /** The statements in InfluxQL; running them again changes nothing. */
    public List<String> statements() {
        return List.of(
                "CREATE DATABASE " + quoted(database),
                policy("CREATE", "raw", days + "d", " DEFAULT"),
                policy("ALTER", "raw", days + "d", " DEFAULT"),
                policy("CREATE", YEARS, "INF", ""),
                drop("windows"),
                query(
                        "windows",
                        "EVERY 1d FOR " + WINDOWS_BACK,
                        latest(WINDOW_FIELDS) + " INTO " + into("site_kpi")
                                + " FROM \"site_kpi\" WHERE \"window\" =~ /^(1h|1d|1mo|1y)$/"
                                + " GROUP BY time(15m), \"site\", \"window\""),
                drop("alerts"),
                query(
                        "alerts",
                        "EVERY 1h FOR " + DEVICES_BACK,
                        latest(List.of("state", "message", "value")) + " INTO " + into("alert")
                                + " FROM \"alert\" GROUP BY time(1m), *"),
                drop("device_hours"),
                query(
                        "device_hours",
                        "EVERY 1h FOR " + DEVICES_BACK,
                        "SELECT sum(\"energy_wh\") AS \"energy_wh\", sum(\"coverage\") / 60 AS \"coverage\" INTO "
                                + into("device_energy_1h") + " FROM \"device_energy\" GROUP BY time(1h), *"),
                drop("point_hours"),
                query(
                        "point_hours",
                        "EVERY 1h FOR " + DEVICES_BACK,
                        "SELECT mean(\"mean\") AS \"mean\", min(\"min\") AS \"min\", max(\"max\") AS \"max\","
                                + " last(\"last\") AS \"last\", sum(\"count\") AS \"count\" INTO "
                                + into("device_point_1h") + " FROM \"device_point\" GROUP BY time(1h), *"));
    }

    /**
     * What would be said to the server that is there: InfluxQL, or SQL for a QuestDB.
     *
     * @throws RefusedException if it can't be reached, or has to be told by a person; the message says how
     */
    public List<String> statements(SinkSettings sink) throws RefusedException {
        return switch (told(sink)) {
            case QUESTDB -> QuestDbTables.apply(days);
            case INFLUXDB_1, INFLUXDB_2, INFLUXDB_3, VICTORIA_METRICS, UNKNOWN -> statements();
        };
    }

    /**
     * Tells the server.
     *
     * @return what is kept for how long, in a sentence
     * @throws RefusedException if the server can't be reached, refuses something, or has to be told by a person
     */
    public String apply(SinkSettings sink) throws RefusedException {
        if (told(sink) == StoreKind.QUESTDB) {
            applyToQuestDb(sink);
            return "tables replace points that are written again; windows and alerts for ever, everything else for "
                    + days + " days";
        }
        try (Influx1Store store = Influx1Store.at(sink)) {
            for (String statement : statements()) {
                store.execute(statement);
            }
            return "database " + database + ", everything for " + days
                    + " days, windows of an hour and longer for ever";
        } catch (InfluxDBIOException e) {
            throw new RefusedException(sink.url() + " can't be reached: " + e.getCause());
        } catch (InfluxDBException e) {
            throw new RefusedException(sink.url() + ": " + e.getMessage());
        }
    }

    /** Which of the servers it is that can be told by a program. */
    private StoreKind told(SinkSettings sink) throws RefusedException {
        try {
            StoreKind kind = StoreKind.of(sink);
            if (!kind.advice(database, days).isEmpty()) {
                throw new RefusedException(sink.url() + ": " + kind.advice(database, days));
            }
            return kind;
        } catch (IOException e) {
            throw new RefusedException(sink.url() + " can't be reached: " + e);
        } catch (InfluxDBIOException e) {
            throw new RefusedException(sink.url() + " can't be reached: " + e.getCause());
        }
    }

    private void applyToQuestDb(SinkSettings sink) throws RefusedException {
        OkHttpClient http = DetectedStore.http(sink).build();
        HttpUrl exec = HttpUrl.get(sink.url().resolve("/exec").toString());
        for (String statement : QuestDbTables.apply(days)) {
            Request.Builder request = new Request.Builder()
                    .url(exec.newBuilder().addQueryParameter("query", statement).build());
            if (!sink.token().isEmpty()) {
                request.header("Authorization", "Token " + sink.token());
            }
            try (Response answer = http.newCall(request.build()).execute()) {
                if (!answer.isSuccessful()) {
                    ResponseBody body = answer.body();
                    throw new RefusedException(sink.url() + ": " + (body == null ? answer.code() : body.string()) + " ("
                            + statement + ")");
                }
            } catch (IOException e) {
                throw new RefusedException(sink.url() + " can't be reached: " + e);
            }
        }
    }

    static void execute(InfluxDB client, String statement) {
        for (QueryResult.Result result :
                client.query(new Query(statement, "", true)).getResults()) {
            // a policy that is there but differs is altered next; a query that isn't there needn't be dropped
            boolean meant = result.getError() == null
                    || result.getError().contains("retention policy already exists")
                    || result.getError().contains("continuous query not found");
            if (!meant) {
                throw new InfluxDBException(result.getError() + " (" + statement + ")");
            }
        }
    }

    private String policy(String verb, String name, String duration, String suffix) {
        return verb + " RETENTION POLICY " + quoted(name) + " ON " + quoted(database) + " DURATION " + duration
                + (verb.equals("CREATE") ? " REPLICATION 1" : "") + suffix;
    }

    private String drop(String name) {
        return "DROP CONTINUOUS QUERY " + quoted(name) + " ON " + quoted(database);
    }

    private String query(String name, String resample, String select) {
        return "CREATE CONTINUOUS QUERY " + quoted(name) + " ON " + quoted(database) + " RESAMPLE " + resample
                + " BEGIN " + select + " END";
    }

    private String into(String measurement) {
        return quoted(database) + "." + quoted(YEARS) + "." + quoted(measurement);
    }

    private static String latest(List<String> fields) {
        return fields.stream()
                .map(field -> "last(\"" + field + "\") AS \"" + field + "\"")
                .collect(Collectors.joining(", ", "SELECT ", ""));
    }

    private static String quoted(String name) {
        return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
