package org.heliograph.streams.influx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.influxdb.InfluxDB;
import org.influxdb.InfluxDBException;
import org.influxdb.dto.Query;
import org.influxdb.dto.QueryResult;

/** What an InfluxDB holds of points, asked in InfluxQL, which every generation of it answers. */
final class StoredFields {
    /** Statements in one request. */
    private static final int STATEMENTS = 200;

    private static final long HOUR_MILLIS = 3_600_000;
    /** A question is of no more than that: what lies far apart would be all that lies between. */
    private static final long DAY_MILLIS = 24 * HOUR_MILLIS;

    private StoredFields() {}

    /**
     * The points of which the store holds a figure that they lack.
     *
     * @throws InfluxDBException if it can't be asked
     */
    static List<Incomplete> held(InfluxDB client, String database, List<Incomplete> points) {
        Map<String, List<Incomplete>> series = points.stream().collect(Collectors.groupingBy(StoredFields::series));
        List<Incomplete> held = new ArrayList<>();
        List<List<Incomplete>> all = List.copyOf(series.values());
        for (int i = 0; i < all.size(); i += STATEMENTS) {
            List<List<Incomplete>> some = all.subList(i, Math.min(all.size(), i + STATEMENTS));
            String text = some.stream().map(StoredFields::question).collect(Collectors.joining(";"));
            QueryResult answer = client.query(new Query(text, database, true), TimeUnit.MILLISECONDS);
            for (int j = 0; j < some.size(); j++) {
                QueryResult.Result result = answer.getResults().get(j);
                String error = result.getError();
                if (error != null && error.equals("not executed")) {
                    error = alone(client, database, some.getFirst(), error);
                }
                if (error != null && error.startsWith("database not found")) {
                    return List.of();
                }
                if (error != null) {
                    throw new InfluxDBException(error);
                }
                held.addAll(held(some.get(j), result));
            }
        }
        return held;
    }

    private static String series(Incomplete point) {
        return point.measurement() + "," + point.condition() + "," + Math.floorDiv(point.timeMillis(), DAY_MILLIS);
    }

    /** Why questions weren't answered: of several to a database that isn't there, InfluxDB says that of one only. */
    private static String alone(InfluxDB client, String database, List<Incomplete> series, String error) {
        QueryResult answer = client.query(new Query(question(series), database, true), TimeUnit.MILLISECONDS);
        String reason = answer.getResults().getFirst().getError();
        return reason == null ? error : reason;
    }

    /**
     * Deletes points by InfluxQL, as InfluxDB 1 can, and the hours that were added up from them: where nothing of an hour
     * is left, the query that works it out anew leaves its old energy as it was.
     */
    static void delete(InfluxDB client, String database, List<Incomplete> points) {
        for (int i = 0; i < points.size(); i += STATEMENTS) {
            String text = points.subList(i, Math.min(points.size(), i + STATEMENTS)).stream()
                    .flatMap(StoredFields::deletion)
                    .distinct()
                    .collect(Collectors.joining(";"));
            for (QueryResult.Result result :
                    client.query(new Query(text, database, true)).getResults()) {
                if (result.getError() != null) {
                    throw new InfluxDBException(result.getError());
                }
            }
        }
    }

    private static Stream<String> deletion(Incomplete point) {
        String minute = deletion(point.measurement(), point, point.timeMillis());
        long hour = Math.floorDiv(point.timeMillis(), HOUR_MILLIS) * HOUR_MILLIS;
        return point.measurement().equals("device_energy")
                ? Stream.of(minute, deletion("device_energy_1h", point, hour))
                : Stream.of(minute);
    }

    private static String deletion(String measurement, Incomplete point, long timeMillis) {
        return "DELETE FROM \"" + measurement + "\" WHERE " + point.condition() + " AND time = " + timeMillis + "ms";
    }

    private static String question(List<Incomplete> series) {
        Incomplete first = series.getFirst();
        String fields = series.stream()
                .flatMap(point -> point.absent().stream())
                .distinct()
                .sorted()
                .map(field -> '"' + field + '"')
                .collect(Collectors.joining(", "));
        long from = series.stream().mapToLong(Incomplete::timeMillis).min().orElse(0);
        long to = series.stream().mapToLong(Incomplete::timeMillis).max().orElse(0);
        return "SELECT " + fields + " FROM \"" + first.measurement() + "\" WHERE " + first.condition() + " AND time >= "
                + from + "ms AND time <= " + to + "ms";
    }

    private static List<Incomplete> held(List<Incomplete> asked, QueryResult.Result result) {
        if (result.getSeries() == null) {
            return List.of();
        }
        Map<Long, Incomplete> byTime = new HashMap<>();
        asked.forEach(point -> byTime.put(point.timeMillis(), point));
        List<Incomplete> held = new ArrayList<>();
        for (QueryResult.Series rows : result.getSeries()) {
            if (!rows.getColumns().getFirst().equals("time")) {
                continue; // VictoriaMetrics answers any question with its databases
            }
            for (List<Object> row : rows.getValues()) {
                Incomplete point = byTime.get(((Number) row.getFirst()).longValue());
                if (point != null && holds(rows.getColumns(), row, point)) {
                    held.add(point);
                }
            }
        }
        return held;
    }

    private static boolean holds(List<String> columns, List<Object> row, Incomplete point) {
        for (int i = 1; i < row.size(); i++) {
            if (row.get(i) != null && point.absent().contains(columns.get(i))) {
                return true;
            }
        }
        return false;
    }
}
