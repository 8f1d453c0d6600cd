package org.heliograph.lab.pipeline;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.heliograph.lab.server.InfluxQl;
import org.heliograph.lab.server.QuestDb;
import org.heliograph.lab.server.Row;

/** Where the figures land, as somebody reads them who knows only the store. */
public interface FigureStore {
    /** The windows of a site that start in {@code [from, to)}, oldest first; each row has its start as {@code time}. */
    List<Row> windows(String site, String window, Instant from, Instant to);

    /** The minutes of a device that start in {@code [from, to)}, oldest first. */
    List<Row> deviceMinutes(String site, String device, Instant from, Instant to);

    /**
     * What all devices counted from one moment to another, by the full hours of UTC in between, each of which has its start as
     * {@code time}; so much less than their minutes that it may be asked of a whole site and day.
     */
    List<Row> deviceHours(String site, Instant from, Instant to);

    /**
     * The gauges of all devices by the full hours of UTC: {@code device point time}, and over the hour's minutes the number of
     * readings {@code n}, the least {@code low}, the most {@code high}, the {@code latest} and the {@code total} of all.
     */
    List<Row> pointHours(String site, Instant from, Instant to);

    /** The newest live state of a site. */
    Optional<Row> live(String site);

    /** The live states of a site from a moment on, oldest first: one a second. */
    List<Row> live(String site, Instant from);

    /** What a person opens, or queries. */
    String url();

    static FigureStore of(QuestDb store) {
        return new FigureStore() {
            @Override
            public List<Row> windows(String site, String window, Instant from, Instant to) {
                return store.query("select timestamp as time, * from site_kpi where site = '" + site
                        + "' and \"window\" = '" + window + "' and timestamp >= '" + from + "' and timestamp < '" + to
                        + "' order by timestamp");
            }

            @Override
            public List<Row> deviceMinutes(String site, String device, Instant from, Instant to) {
                return store.query(
                        "select timestamp as time, energy_wh, coverage, flag from device_energy where site = '"
                                + site + "' and device = '" + device + "' and timestamp >= '" + from
                                + "' and timestamp < '"
                                + to + "' order by timestamp");
            }

            @Override
            public List<Row> deviceHours(String site, Instant from, Instant to) {
                return store.query("select device, timestamp_floor('h', timestamp) as time, sum(energy_wh) as energy_wh"
                        + " from device_energy where site = '" + site + "' and timestamp >= '" + from
                        + "' and timestamp < '" + to + "'");
            }

            @Override
            public List<Row> pointHours(String site, Instant from, Instant to) {
                return store.query("select device, point, timestamp_floor('h', timestamp) as time, sum(\"count\") as n,"
                        + " min(\"min\") as low, max(\"max\") as high, last(\"last\") as latest,"
                        + " sum(\"mean\" * \"count\") as total from device_point where site = '" + site
                        + "' and timestamp >= '" + from + "' and timestamp < '" + to + "'");
            }

            @Override
            public Optional<Row> live(String site) {
                return store
                        .query("select timestamp as time, * from site_live where site = '" + site
                                + "' order by timestamp desc limit 1")
                        .stream()
                        .findFirst();
            }

            @Override
            public List<Row> live(String site, Instant from) {
                return store.query("select timestamp as time, * from site_live where site = '" + site
                        + "' and timestamp >= '" + from + "' order by timestamp");
            }

            @Override
            public String url() {
                return store.url();
            }
        };
    }

    static FigureStore of(InfluxQl influx, String url, String database) {
        return new FigureStore() {
            @Override
            public List<Row> windows(String site, String window, Instant from, Instant to) {
                return influx.query(
                        database,
                        "select * from site_kpi where site = '" + site + "' and \"window\" = '" + window
                                + "' and time >= '" + from + "' and time < '" + to + "' order by time");
            }

            @Override
            public List<Row> deviceMinutes(String site, String device, Instant from, Instant to) {
                return influx.query(
                        database,
                        "select energy_wh, coverage, flag from device_energy where site = '" + site
                                + "' and device = '" + device + "' and time >= '" + from + "' and time < '" + to
                                + "' order by time");
            }

            @Override
            public List<Row> deviceHours(String site, Instant from, Instant to) {
                return influx.query(
                        database,
                        "select sum(energy_wh) as energy_wh from device_energy where site = '" + site
                                + "' and time >= '" + from + "' and time < '" + to
                                + "' group by device, time(1h) fill(none)");
            }

            @Override
            public List<Row> pointHours(String site, Instant from, Instant to) {
                String within = " where site = '" + site + "' and time >= '" + from + "' and time < '" + to + "'";
                return influx.query(
                        database,
                        "select sum(n) as n, min(low) as low, max(high) as high, last(latest) as latest,"
                                + " sum(total) as total from (select \"count\" as n, \"min\" as low, \"max\" as high,"
                                + " \"last\" as latest, \"mean\" * \"count\" as total from device_point" + within
                                + " group by device, point)" + within.replace("site = '" + site + "' and ", "")
                                + " group by device, point, time(1h) fill(none)");
            }

            @Override
            public Optional<Row> live(String site) {
                String newest = "select * from site_live where site = '" + site + "' order by time desc limit 1";
                return influx.query(database, newest).stream().findFirst();
            }

            @Override
            public List<Row> live(String site, Instant from) {
                return influx.query(
                        database,
                        "select * from site_live where site = '" + site + "' and time >= '" + from + "' order by time");
            }

            @Override
            public String url() {
                return url;
            }
        };
    }
}
