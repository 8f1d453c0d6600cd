package org.heliograph.streams.influx;

import com.influxdb.client.InfluxDBClient;
import com.influxdb.client.InfluxDBClientFactory;
import com.influxdb.client.InfluxDBClientOptions;
import com.influxdb.client.WriteApiBlocking;
import com.influxdb.client.domain.WritePrecision;
import com.influxdb.exceptions.InfluxException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import okhttp3.OkHttpClient;
import org.heliograph.streams.influx.Influx1Store.LastStatus;
import org.influxdb.InfluxDB;
import org.influxdb.InfluxDBException;
import org.influxdb.InfluxDBFactory;
import org.influxdb.InfluxDBIOException;

/**
 * A server with the v2 write interface, through influxdb-client-java. Its blocking interface: the asynchronous one
 * drops what it can't send.
 */
final class Influx2Store implements Store {
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;

    private final InfluxDBClient client;
    private final WriteApiBlocking api;
    private final InfluxDB queries;
    private final LastStatus lastStatus = new LastStatus();
    private final SinkSettings settings;
    private boolean replaces;

    Influx2Store(SinkSettings settings) {
        this.settings = settings;
        String token = DetectedStore.token(settings);
        // both first: files of tls that are being replaced must not leave a client behind at each try
        OkHttpClient.Builder writes = DetectedStore.http(settings);
        OkHttpClient.Builder http = DetectedStore.http(settings).addInterceptor(lastStatus);
        InfluxDBClientOptions.Builder options = InfluxDBClientOptions.builder()
                .url(settings.url().toString())
                .org(settings.org())
                .bucket(settings.bucket())
                .okHttpClient(writes);
        if (!token.isEmpty()) {
            options.authenticateToken(token.toCharArray());
        }
        client = InfluxDBClientFactory.create(options.build());
        api = client.getWriteApiBlocking();
        if (!token.isEmpty()) {
            http.addInterceptor(chain -> chain.proceed(chain.request()
                    .newBuilder()
                    .header("Authorization", "Token " + token)
                    .build()));
        }
        queries = InfluxDBFactory.connect(settings.url().toString(), http);
    }

    @Override
    public Outcome write(String lines) {
        try {
            api.writeRecord(WritePrecision.MS, lines);
            return new Outcome.Written();
        } catch (InfluxException e) {
            return Store.failed(e.status(), String.valueOf(e.getMessage()));
        }
    }

    /** Where InfluxQL is answered (InfluxDB 2, of the bucket's name as a database) points are merged, else replaced. */
    @Override
    public Outcome clear(List<Incomplete> points) {
        if (replaces) {
            return new Outcome.Written();
        }
        try {
            for (Incomplete point : StoredFields.held(queries, settings.bucket(), points)) {
                OffsetDateTime time = Instant.ofEpochMilli(point.timeMillis()).atOffset(ZoneOffset.UTC);
                client.getDeleteApi()
                        .delete(time, time.plusNanos(1_000_000), predicate(point), settings.bucket(), settings.org());
            }
            return new Outcome.Written();
        } catch (InfluxDBIOException e) {
            return new Outcome.Away(String.valueOf(e.getCause()));
        } catch (InfluxDBException e) {
            if (lastStatus.code == NOT_FOUND || lastStatus.code == METHOD_NOT_ALLOWED) {
                replaces = true; // QuestDB: nothing to ask, and nothing to do
                return new Outcome.Written();
            }
            return Store.unanswered(lastStatus.code, String.valueOf(e.getMessage()));
        } catch (InfluxException e) {
            return Store.unanswered(e.status(), String.valueOf(e.getMessage()));
        }
    }

    private static String predicate(Incomplete point) {
        StringBuilder text = new StringBuilder("_measurement=\"" + point.measurement() + "\"");
        point.tags()
                .forEach((tag, value) -> text.append(" AND ")
                        .append(tag)
                        .append("=\"")
                        .append(value.replace("\\", "\\\\").replace("\"", "\\\""))
                        .append('"'));
        return text.toString();
    }

    @Override
    public void close() {
        queries.close();
        client.close();
    }
}
