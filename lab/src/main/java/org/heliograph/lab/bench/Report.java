package org.heliograph.lab.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The figures of one benchmark run. */
final class Report {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final List<Figure> figures = new ArrayList<>();

    Report(String name) {
        this.name = name;
    }

    /** @param to the name of the figure, measured in the same run, that this one is set against */
    private record Figure(String name, double value, String unit, Optional<String> to) {}

    Report add(String figure, double value, String unit) {
        figures.add(new Figure(figure, value, unit, Optional.empty()));
        return this;
    }

    /** Adds a figure beside its ratio to an earlier one. */
    Report add(String figure, double value, String unit, String to) {
        figures.add(new Figure(figure, value, unit, Optional.of(to)));
        return this;
    }

    /** Prints it, writes it to where a benchmark leaves its figures, and says where that is. */
    void finish() throws IOException {
        print();
        System.out.println("written to " + write(Path.of("target", "bench")));
    }

    void print() {
        System.out.printf(Locale.ROOT, "%n%-28s %14s %-12s %s%n", name, "value", "unit", "ratio");
        for (Figure figure : figures) {
            String ratio = figure.to()
                    .map(to -> String.format(Locale.ROOT, "%.3f of %s", ratio(figure, to), to))
                    .orElse("");
            System.out.printf(
                    Locale.ROOT, "%-28s %14.1f %-12s %s%n", figure.name(), figure.value(), figure.unit(), ratio);
        }
    }

    Path write(Path folder) throws IOException {
        ObjectNode report = JSON.createObjectNode();
        ArrayNode list = report.putArray("figures");
        for (Figure figure : figures) {
            ObjectNode entry = list.addObject()
                    .put("name", figure.name())
                    .put("value", figure.value())
                    .put("unit", figure.unit());
            figure.to().ifPresent(to -> entry.put("ratio", ratio(figure, to)).put("to", to));
        }
        Path file = Files.createDirectories(folder).resolve(name + ".json");
        return Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
    }

    private double ratio(Figure figure, String to) {
        return figures.stream()
                .filter(other -> other.name().equals(to))
                .mapToDouble(other -> figure.value() / other.value())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no figure '" + to + "'"));
    }
}
