package org.heliograph.streams.influx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which points the store has to be asked about before they are written again: those whose newest statement lacks a
 * figure that an earlier one may have made. InfluxDB merges the fields of a point, so it would go on showing it.
 *
 * <p>What windows lacked when they were last written is remembered, for the newest of them: most sites lack the same
 * figures for ever (no battery, no generator), and an open window is stated many times. A device's minute without
 * energy is rare, and always asked about.
 */
final class Leftovers {
    private static final int REMEMBERED = 20_000;
    private static final String OF_DEVICES = "device_energy";

    private final Map<Point, Set<String>> lacked = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Point, Set<String>> eldest) {
            return size() > REMEMBERED;
        }
    };

    private record Point(String measurement, String series, long timeMillis) {
        static Point of(Incomplete statement) {
            return new Point(statement.measurement(), statement.condition(), statement.timeMillis());
        }
    }

    List<Incomplete> toAskAbout(List<Incomplete> statements) {
        List<Incomplete> asked = new ArrayList<>();
        for (Incomplete statement : statements) {
            if (statement.absent().isEmpty()) {
                continue; // nearly all of them, while the store waits
            }
            Set<String> before = lacked.get(Point.of(statement));
            if (before == null || !before.containsAll(statement.absent())) {
                asked.add(statement);
            }
        }
        return asked;
    }

    /**
     * What is asked about from now on is asked as if nothing were known: somebody else may have written, or a statement
     * not come through.
     */
    void forget() {
        lacked.clear();
    }

    /** The store didn't say what it holds of these; it may the next time. */
    void unanswered(List<Incomplete> asked) {
        asked.forEach(statement -> lacked.remove(Point.of(statement)));
    }

    void written(List<Incomplete> statements) {
        for (Incomplete statement : statements) {
            if (!statement.measurement().equals(OF_DEVICES)) {
                lacked.put(Point.of(statement), statement.absent());
            }
        }
    }
}
