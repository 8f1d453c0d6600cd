package org.heliograph.lab.influx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.heliograph.lab.server.InfluxDb;
import org.heliograph.lab.server.QuestDb;
import org.heliograph.lab.server.Row;
import org.heliograph.lab.server.VictoriaMetrics;
import org.heliograph.streams.influx.Retention;
import org.heliograph.streams.influx.SinkSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code streams store apply} makes of a real server. */
class RetentionTest {
    private static final Pattern SELECT = Pattern.compile("BEGIN (SELECT .*) END");
    private static final String DATABASE = "heliograph";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    void policies_and_continuous_queries_are_there_and_applying_again_changes_what_differs(@TempDir Path folder)
            throws Exception {
        assumeTrue(InfluxDb.available(), "influxd isn't installed");
        try (InfluxDb server = InfluxDb.start(folder)) {
            SinkSettings sink = SinkSettings.of(URI.create(server.url()));
            new Retention(DATABASE, 400).apply(sink);
            new Retention(DATABASE, 369).apply(sink);
            new Retention(DATABASE, 369).apply(sink);

            assertThat(server.query("", "SHOW RETENTION POLICIES ON " + DATABASE))
                    .extracting(row -> row.text("name") + " " + row.text("duration"))
                    .contains("raw 8856h0m0s", "years 0s");
            assertThat(server.query("", "SHOW CONTINUOUS QUERIES"))
                    .extracting(row -> row.text("name"))
                    .contains("windows", "alerts", "device_hours", "point_hours");
        }
    }

    /** On the last day of the year its window is 365 days old, and stated still. */
    @Test
    void a_retention_in_which_the_year_under_way_would_stand_still_is_refused(@TempDir Path folder) {
        assumeTrue(InfluxDb.available(), "influxd isn't installed");
        try (InfluxDb server = InfluxDb.start(folder)) {
            SinkSettings sink = SinkSettings.of(URI.create(server.url()));
            for (int days : new int[] {90, 368}) {
                assertThatThrownBy(() -> new Retention(DATABASE, days).apply(sink))
                        .isInstanceOf(Retention.RefusedException.class)
                        .hasMessageContaining("--days " + days)
                        .hasMessageContaining("369 at least");
            }
            assertThat(server.query("", "SHOW DATABASES"))
                    .extracting(row -> row.text("name"))
                    .doesNotContain(DATABASE);
        }
    }

    @Test
    void windows_and_hours_of_devices_are_kept_for_ever_at_their_own_times(@TempDir Path folder) throws Exception {
        assumeTrue(InfluxDb.available(), "influxd isn't installed");
        try (InfluxDb server = InfluxDb.start(folder)) {
            Retention retention = new Retention(DATABASE, 400);
            retention.apply(SinkSettings.of(URI.create(server.url())));
            long hour = System.currentTimeMillis() / 3_600_000 * 3_600_000 - 3_600_000;
            long day = hour - 90 * 60_000; // a zone half an hour off
            write(server, """
                    site_kpi,site=casa1,window=1d pue=1.5,pue_category="PUE3",state="final",coverage=1 %1$d
                    site_kpi,site=casa1,window=1m pue=1.4,state="final",coverage=1 %1$d
                    device_energy,area=a,class=c,device=d,role=it,site=casa1 energy_wh=10,carried_wh=7,coverage=1,flag="" %2$d
                    device_energy,area=a,class=c,device=d,role=it,site=casa1 energy_wh=20,carried_wh=0,coverage=0.5,flag="" %3$d
                    device_point,area=a,class=c,device=d,point=power,site=casa1 mean=5,min=4,max=6,last=5,count=6 %2$d
                    device_point,area=a,class=c,device=d,point=power,site=casa1 mean=7,min=6,max=9,last=8,count=6 %3$d
                    alert,rule=r,severity=warning,site=casa1 state="raised",message="m",value=1 %2$d
                    """.formatted(day, hour, hour + 60_000));

            extract(server, retention);

            Row window = only(server, "site_kpi");
            assertThat(window.number("time")).hasValue((double) day);
            assertThat(window.text("window")).isEqualTo("1d");
            assertThat(window.number("pue")).hasValue(1.5);
            assertThat(window.text("pue_category")).isEqualTo("PUE3");
            Row energy = only(server, "device_energy_1h");
            assertThat(energy.number("time")).hasValue((double) hour);
            assertThat(energy.number("energy_wh")).hasValue(30);
            assertThat(energy.number("carried_wh")).hasValue(7);
            assertThat(energy.number("coverage")).hasValue(1.5 / 60);
            Row point = only(server, "device_point_1h");
            assertThat(point.number("max")).hasValue(9);
            assertThat(point.number("mean")).hasValue(6);
            assertThat(only(server, "alert").text("state")).isEqualTo("raised");

            for (long minute : new long[] {hour, hour + 60_000}) { // withdrawn, as the sink does it
                server.query(
                        DATABASE, "DELETE FROM \"device_energy\" WHERE \"device\" = 'd' AND time = " + minute + "ms");
            }
            server.query(DATABASE, "DELETE FROM \"device_energy_1h\" WHERE \"device\" = 'd' AND time = " + hour + "ms");
            write(server, """
                    device_energy,area=a,class=c,device=d,role=it,site=casa1 carried_wh=0,coverage=0,flag="swapped" %1$d
                    device_energy,area=a,class=c,device=d,role=it,site=casa1 carried_wh=0,coverage=0,flag="swapped" %2$d
                    """.formatted(hour, hour + 60_000));
            extract(server, retention);
            Row withdrawn = only(server, "device_energy_1h");
            assertThat(withdrawn.number("coverage")).hasValue(0);
            assertThat(withdrawn.has("energy_wh")).isFalse();
        }
    }

    /** As the server does by itself, every hour or day. */
    private static void extract(InfluxDb server, Retention retention) {
        for (String statement : retention.statements()) {
            Matcher select = SELECT.matcher(statement);
            if (select.find()) {
                server.query(DATABASE, select.group(1));
            }
        }
    }

    /** The guide's own statements, of which each says what was wrong. */
    @Test
    void a_corrected_device_is_taken_out_of_the_area_where_it_never_was(@TempDir Path folder) throws Exception {
        assumeTrue(InfluxDb.available(), "influxd isn't installed");
        List<String> statements = guide();
        try (InfluxDb server = InfluxDb.start(folder)) {
            new Retention(DATABASE, 400).apply(SinkSettings.of(URI.create(server.url())));
            long moment = System.currentTimeMillis() / 3_600_000 * 3_600_000 - 7_200_000;
            String wrong = "area=hall-1/row-a,class=rack-pdu,device=pdu-a01a";
            String right = "area=hall-1/row-b,class=rack-pdu,device=pdu-a01a";
            for (String area : List.of(wrong, right)) {
                write(server, """
                        device_energy,%1$s,role=it,site=casa1 energy_wh=10,coverage=1 %2$d
                        device_energy,%1$s,role=it,site=casa1 energy_wh=20,coverage=1 %3$d
                        device_point,%1$s,point=power,site=casa1 mean=5,min=4,max=6,last=5,count=6 %3$d
                        """.formatted(area, moment - 60_000, moment));
            }
            extract(server, new Retention(DATABASE, 400));

            String since = Instant.ofEpochMilli(moment).toString();
            for (String statement : statements) {
                server.query(DATABASE, statement.replace("2026-11-01T00:00:00Z", since));
            }

            assertThat(areas(server, "device_energy", since)).containsExactly("hall-1/row-b");
            assertThat(areas(server, "device_point", since)).containsExactly("hall-1/row-b");
            assertThat(areas(server, "years\".\"device_energy_1h", since)).containsExactly("hall-1/row-b");
            assertThat(areas(server, "years\".\"device_point_1h", since)).containsExactly("hall-1/row-b");
            assertThat(server.query(DATABASE, "SELECT * FROM device_energy WHERE time < '" + since + "'"))
                    .as("what was before is as it was")
                    .hasSize(2);
        }
    }

    private static List<String> guide() throws IOException {
        List<String> statements = Files.readAllLines(Path.of("../docs/operate.md")).stream()
                .filter(line -> line.startsWith("DELETE FROM "))
                .toList();
        assertThat(statements).hasSize(4);
        return statements;
    }

    private static List<String> areas(InfluxDb server, String measurement, String since) {
        return server.query(DATABASE, "SELECT * FROM \"" + measurement + "\" WHERE time >= '" + since + "'").stream()
                .map(row -> row.text("area"))
                .distinct()
                .toList();
    }

    @Test
    void a_quest_db_replaces_points_and_forgets_devices_but_no_windows(@TempDir Path folder) throws Exception {
        try (QuestDb server = QuestDb.start(folder)) {
            server.query("drop table device_point"); // as before it had a role
            server.query("create table device_point (timestamp timestamp, site symbol, device symbol, class symbol,"
                    + " area symbol, point symbol, mean double) timestamp(timestamp) partition by day wal");
            server.query("alter table device_energy dedup disable");
            new Retention(DATABASE, 400).apply(SinkSettings.of(URI.create(server.url())));
            new Retention(DATABASE, 90).apply(SinkSettings.of(URI.create(server.url())));

            // QuestDB says yes before it has done it
            List<String> expected =
                    List.of("device_point true 90", "device_energy true 90", "site_kpi true 0", "alert true 0");
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!tables(server).containsAll(expected)) {
                assertThat(System.nanoTime()).as("%s", tables(server)).isLessThan(deadline);
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            }
        }
    }

    @Test
    void what_only_a_person_can_do_is_said_and_a_server_that_is_missing_too(@TempDir Path folder) {
        assumeTrue(VictoriaMetrics.available(), "victoria-metrics isn't installed");
        try (VictoriaMetrics server = VictoriaMetrics.start(folder)) {
            assertThatThrownBy(() -> new Retention(DATABASE, 400).apply(SinkSettings.of(URI.create(server.url()))))
                    .isInstanceOf(Retention.RefusedException.class)
                    .hasMessageContaining("-retentionPeriod=400d")
                    .hasMessageContaining("doesn't overwrite");
        }
        assertThatThrownBy(() -> new Retention(DATABASE, 400).apply(SinkSettings.of(URI.create("http://127.0.0.1:1"))))
                .isInstanceOf(Retention.RefusedException.class)
                .hasMessageContaining("can't be reached");
    }

    private static List<String> tables(QuestDb server) {
        return server.query("select table_name, dedup, ttlValue from tables()").stream()
                .map(row -> row.text("table_name") + " " + row.text("dedup") + " " + row.text("ttlValue"))
                .toList();
    }

    private static Row only(InfluxDb server, String measurement) {
        List<Row> rows = server.query(DATABASE, "SELECT * FROM \"years\".\"" + measurement + "\"");
        assertThat(rows).as(measurement).hasSize(1);
        return rows.getFirst();
    }

    private static void write(InfluxDb server, String lines) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(URI.create(server.url() + "/write?db=" + DATABASE + "&precision=ms"))
                            .POST(HttpRequest.BodyPublishers.ofString(lines))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
        }
    }
}
