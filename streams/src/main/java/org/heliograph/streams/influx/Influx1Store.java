package org.heliograph.streams.influx;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.influxdb.InfluxDB;
import org.influxdb.InfluxDBException;
import org.influxdb.InfluxDBFactory;
import org.influxdb.InfluxDBIOException;
import org.influxdb.dto.Query;
import org.jspecify.annotations.Nullable;

/**
 * An InfluxDB 1.x server, through influxdb-java; the database is created when it isn't there, and not asked for
 * otherwise: that is an administrator's right, while writing is any user's who was granted it.
 */
final class Influx1Store implements Store {
    /** The library leaves the parameter away. */
    private static final @Nullable String DEFAULT_RETENTION_POLICY = null;

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int SUCCESSFUL = 2;
    /** As the library says it. */
    private static final String UNKNOWN = "unknown";

    private final InfluxDB client;
    private final String database;
    private final LastStatus lastStatus;

    private Influx1Store(InfluxDB client, String database, LastStatus lastStatus) {
        this.client = client;
        this.database = database;
        this.lastStatus = lastStatus;
    }

    /**
     * Doesn't reach for the server yet.
     *
     * @param patience how long an answer may take
     */
    static Influx1Store at(SinkSettings settings, Duration patience) {
        LastStatus lastStatus = new LastStatus();
        OkHttpClient.Builder http =
                DetectedStore.http(settings).readTimeout(patience).addInterceptor(lastStatus);
        String token = DetectedStore.token(settings);
        int colon = token.indexOf(':');
        InfluxDB client = colon < 0
                ? InfluxDBFactory.connect(settings.url().toString(), http)
                : InfluxDBFactory.connect(
                        settings.url().toString(), token.substring(0, colon), token.substring(colon + 1), http);
        return new Influx1Store(client, settings.bucket(), lastStatus);
    }

    /**
     * The version that the server states, {@code 1.6.7}, {@code v2.7.4}; {@code unknown} when it states none, as an InfluxDB
     * 3 that tells it only to whom it knows: what it is shows when it is written to.
     *
     * @throws InfluxDBException if it can't be reached, or what answers is no store
     */
    String version() {
        String version = client.ping().getVersion();
        int status = lastStatus.code;
        boolean isAnswer = status / 100 == SUCCESSFUL || status == UNAUTHORIZED || status == FORBIDDEN;
        if (version.equals(UNKNOWN) && !isAnswer) {
            throw new InfluxDBIOException(new IOException("HTTP " + status + " to /ping, and no version of a store"));
        }
        return version;
    }

    @Override
    public Outcome write(String lines) {
        try {
            try {
                post(lines);
            } catch (InfluxDBException.DatabaseNotFoundException _) {
                create();
                post(lines);
            }
            return new Outcome.Written();
        } catch (InfluxDBIOException e) {
            return new Outcome.Away(String.valueOf(e.getCause()));
        } catch (InfluxDBException e) {
            String reason = String.valueOf(e.getMessage());
            return Store.failed(
                    lastStatus.code, lastStatus.code == FORBIDDEN ? reason + "; " + missingRight() : reason);
        }
    }

    private void post(String lines) {
        client.write(database, DEFAULT_RETENTION_POLICY, InfluxDB.ConsistencyLevel.ONE, TimeUnit.MILLISECONDS, lines);
    }

    @SuppressWarnings("deprecation") // the only way to create a database but a query by hand, which is what this is
    private void create() {
        client.createDatabase(database);
    }

    /** Whether the database is there isn't told to who has no right to it. */
    private String missingRight() {
        return "an administrator has to CREATE DATABASE " + Extract.quoted(database)
                + ", if it isn't there, and to GRANT WRITE ON " + Extract.quoted(database)
                + " (ALL, for figures to be withdrawn)";
    }

    /** @throws InfluxDBException if the server can't be reached or refuses the statement */
    void execute(String statement) {
        Retention.execute(client, database, statement);
    }

    /** The time of a measurement's oldest point; empty when it holds none. */
    Optional<Instant> oldest(String measurement, String field) {
        String query = "SELECT first(\"" + field + "\") FROM \"" + measurement + "\"";
        return client.query(new Query(query, database), TimeUnit.MILLISECONDS).getResults().stream()
                .filter(result -> result.getSeries() != null)
                .flatMap(result -> result.getSeries().stream())
                .map(series -> series.getValues().getFirst().getFirst())
                .map(time -> Instant.ofEpochMilli(((Number) time).longValue()))
                .findFirst();
    }

    @Override
    public Outcome clear(List<Incomplete> points) {
        try {
            StoredFields.delete(client, database, StoredFields.held(client, database, points));
            return new Outcome.Written();
        } catch (InfluxDBIOException e) {
            return new Outcome.Away(String.valueOf(e.getCause()));
        } catch (InfluxDBException e) {
            return Store.unanswered(lastStatus.code, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        client.close();
    }

    /** The library's exceptions tell the server's text but not its status. */
    static final class LastStatus implements Interceptor {
        volatile int code;

        @Override
        public Response intercept(Chain chain) throws IOException {
            Response response = chain.proceed(chain.request());
            code = response.code();
            return response;
        }
    }
}
