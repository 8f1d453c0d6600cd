package org.heliograph.streams.influx;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
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
 * How long a store keeps what. A QuestDB: windows and alerts for ever, everything else for a while. An InfluxDB 1:
 * everything for a while, in the retention policy that the sink writes to; windows of an hour and longer, alerts, and
 * hours of devices for ever, in another, which continuous queries fill. They look back further than readings may come
 * late, so that restatements get there too.
 *
 * @param database what the sink writes to
 * @param days how long everything is kept
 */
public record Retention(String database, int days) {
    /** Asked for at a time: a thousand devices have millions of minutes in it. */
    private static final Duration SLICE = Duration.ofDays(1);

    /** What a busy server may take for it, and for making what it keeps. */
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    /** A leap year, what readings may still restate of it, and a day between the zones of site and server. */
    private static final int LEAST_DAYS = 366 + 2 + 1;

    /** What went wrong, as the server says it. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /** Whether the window of a whole year is kept until nothing but a revised factor can change it. */
    public boolean outlastsAYear() {
        return days >= LEAST_DAYS;
    }

    /** The statements in InfluxQL; running them again changes nothing. */
    public List<String> statements() {
        return Stream.concat(
                        Stream.of(
                                "CREATE DATABASE " + Extract.quoted(database),
                                policy("CREATE", "raw", days + "d", " DEFAULT"),
                                policy("ALTER", "raw", days + "d", " DEFAULT"),
                                policy("CREATE", Extract.YEARS, "INF", "")),
                        Extract.of(database).stream().flatMap(extract -> extract.define(database)))
                .toList();
    }

    /**
     * What would be said to the server that is there: InfluxQL, or SQL for a QuestDB.
     *
     * @throws RefusedException if it can't be reached, or has to be told by a person; the message says how
     */
    public List<String> statements(SinkSettings sink) throws RefusedException {
        return switch (tellableKind(sink)) {
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
        if (tellableKind(sink) == StoreKind.QUESTDB) {
            applyToQuestDb(sink);
            return "tables replace points that are written again; windows and alerts for ever, everything else for "
                    + days + " days";
        }
        try (Influx1Store store = Influx1Store.at(sink, PATIENCE)) {
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

    /**
     * Works out what an InfluxDB 1 keeps for ever from all that it holds, as after it was filled anew; the server itself
     * looks back no further than readings may come late.
     *
     * @throws RefusedException if the server can't be reached, is another, or refuses something
     */
    public static void fill(SinkSettings sink) throws RefusedException {
        try (Influx1Store store = Influx1Store.at(sink, PATIENCE)) {
            if (StoreKind.of(sink) != StoreKind.INFLUXDB_1) {
                throw new RefusedException(sink.url() + " is no InfluxDB 1, which alone keeps extracts by itself");
            }
            Instant now = Instant.now();
            for (Extract extract : Extract.of(sink.bucket())) {
                Instant from = store.oldest(extract.measurement(), extract.oldest())
                        .orElse(now)
                        .truncatedTo(ChronoUnit.DAYS);
                for (; from.isBefore(now); from = from.plus(SLICE)) {
                    store.execute(extract.statement("time >= " + from.toEpochMilli() + "ms AND time < "
                            + from.plus(SLICE).toEpochMilli() + "ms"));
                }
            }
        } catch (IOException e) {
            throw new RefusedException(sink.url() + " can't be reached: " + e);
        } catch (InfluxDBIOException e) {
            throw new RefusedException(sink.url() + " can't be reached: " + e.getCause());
        } catch (InfluxDBException e) {
            throw new RefusedException(sink.url() + ": " + e.getMessage());
        }
    }

    /** Which of the servers it is that can be told by a program. */
    private StoreKind tellableKind(SinkSettings sink) throws RefusedException {
        try {
            StoreKind kind = StoreKind.of(sink);
            if (kind != StoreKind.QUESTDB && !outlastsAYear()) {
                throw new RefusedException("--days " + days + " is too short for " + sink.url() + ", " + LEAST_DAYS
                        + " at least: a year's window has the time of its first moment and is stated until two days after"
                        + " its last, and a server refuses what is older than it keeps");
            }
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
        HttpUrl exec = HttpUrl.get(sink.url().toString())
                .newBuilder()
                .addPathSegment("exec")
                .build();
        String token = DetectedStore.token(sink);
        for (String statement : QuestDbTables.apply(days)) {
            Request.Builder request = new Request.Builder()
                    .url(exec.newBuilder().addQueryParameter("query", statement).build());
            if (!token.isEmpty()) {
                request.header("Authorization", "Token " + token);
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

    static void execute(InfluxDB client, String database, String statement) {
        for (QueryResult.Result result :
                client.query(new Query(statement, database, true)).getResults()) {
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
        return verb + " RETENTION POLICY " + Extract.quoted(name) + " ON " + Extract.quoted(database) + " DURATION "
                + duration + (verb.equals("CREATE") ? " REPLICATION 1" : "") + suffix;
    }
}
