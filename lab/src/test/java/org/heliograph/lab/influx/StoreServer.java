package org.heliograph.lab.influx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.heliograph.lab.server.InfluxDb;
import org.heliograph.lab.server.QuestDb;
import org.heliograph.lab.server.Row;

/** The two kinds of store, as the tests of the sink see them. */
sealed interface StoreServer extends AutoCloseable {
    enum Kind {
        INFLUXDB,
        QUESTDB;

        StoreServer start(Path folder) {
            if (this == QUESTDB) {
                return new Quest(QuestDb.start(folder));
            }
            assumeTrue(InfluxDb.available(), "influxd isn't installed");
            return new Influx(InfluxDb.start(folder));
        }
    }

    URI url();

    /** Every row of a measurement. */
    List<Row> rows(String measurement);

    /** Makes the store refuse numbers in the field {@code cue} of {@code site_kpi}, in the week of the tests. */
    void refuseCue() throws Exception;

    void kill();

    void restart();

    @Override
    void close();

    record Influx(InfluxDb server) implements StoreServer {
        @Override
        public URI url() {
            return URI.create(server.url());
        }

        @Override
        public List<Row> rows(String measurement) {
            boolean exists = server.query("", "show databases").stream()
                    .anyMatch(row -> row.text("name").equals("heliograph"));
            return exists ? server.query("heliograph", "select * from " + measurement) : List.of();
        }

        @Override
        public void refuseCue() throws Exception {
            server.query("", "create database heliograph");
            try (HttpClient client = HttpClient.newHttpClient()) {
                HttpResponse<String> response = client.send(
                        HttpRequest.newBuilder(URI.create(server.url() + "/write?db=heliograph&precision=ms"))
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        "site_kpi,site=other cue=\"a text\" " + Engine.START_MILLIS))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(response.statusCode()).isEqualTo(204);
            }
        }

        @Override
        public void kill() {
            server.kill();
        }

        @Override
        public void restart() {
            server.restart();
        }

        @Override
        public void close() {
            server.close();
        }
    }

    record Quest(QuestDb server) implements StoreServer {
        @Override
        public URI url() {
            return URI.create(server.url());
        }

        @Override
        public List<Row> rows(String measurement) {
            return server.query("select * from " + measurement);
        }

        @Override
        public void refuseCue() {
            server.query("alter table site_kpi drop column cue");
            server.query("alter table site_kpi add column cue long");
        }

        @Override
        public void kill() {
            server.kill();
        }

        @Override
        public void restart() {
            server.restart();
        }

        @Override
        public void close() {
            server.close();
        }
    }
}
