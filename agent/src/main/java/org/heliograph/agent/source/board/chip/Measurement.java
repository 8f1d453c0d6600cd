package org.heliograph.agent.source.board.chip;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.heliograph.telemetry.reading.Point;

/**
 * What a chip said.
 *
 * @param values in the points' units
 * @param absences why others are missing
 */
public record Measurement(Map<Point, Double> values, List<String> absences) {
    public Measurement {
        values = Map.copyOf(values);
        absences = List.copyOf(absences);
    }

    /** Gathers one. */
    static final class Gathering {
        private final Map<Point, Double> values = new EnumMap<>(Point.class);
        private final List<String> absences = new ArrayList<>();

        /** Takes a value within its range, ends included; else notes that it isn't. */
        void value(Point point, double value, double min, double max) {
            if (value >= min && value <= max) {
                values.put(point, value);
            } else {
                absent(point, value + " " + point.unit().symbol() + " is not between " + min + " and " + max);
            }
        }

        void absent(Point point, String reason) {
            absences.add(point.label() + ": " + reason);
        }

        Measurement measurement() {
            return new Measurement(values, absences);
        }
    }
}
