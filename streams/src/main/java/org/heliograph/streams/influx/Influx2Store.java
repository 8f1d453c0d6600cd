package org.heliograph.streams.influx;

import com.influxdb.client.InfluxDBClient;
import com.influxdb.client.InfluxDBClientFactory;
import com.influxdb.client.InfluxDBClientOptions;
import com.influxdb.client.WriteApiBlocking;
import com.influxdb.client.domain.WritePrecision;
import com.influxdb.exceptions.InfluxException;

/**
 * A server with the v2 write interface, through influxdb-client-java. Its blocking interface: the asynchronous one
 * drops what it can't send.
 */
final class Influx2Store implements Store {
    private final InfluxDBClient client;
    private final WriteApiBlocking api;

    Influx2Store(SinkSettings settings) {
        InfluxDBClientOptions.Builder options = InfluxDBClientOptions.builder()
                .url(settings.url().toString())
                .org(settings.org())
                .bucket(settings.bucket())
                .okHttpClient(DetectedStore.http());
        if (!settings.token().isEmpty()) {
            options.authenticateToken(settings.token().toCharArray());
        }
        client = InfluxDBClientFactory.create(options.build());
        api = client.getWriteApiBlocking();
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

    @Override
    public void close() {
        client.close();
    }
}
