package org.heliograph.lab.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Grafana dashboard, and what it asks of its data source. */
record Dashboard(Path file, JsonNode json) {
    private static final Pattern ALIAS = Pattern.compile("AS \"([^\"]+)\"");
    private static final Pattern VARIABLE = Pattern.compile("\\$(\\w+|\\{\\w+})");

    /** A panel's query, as its text stands in the dashboard. */
    record Query(JsonNode panel, String text) {
        /** The figures that it asks for, by the names that the panel shows. */
        List<String> figures() {
            return ALIAS.matcher(text).results().map(match -> match.group(1)).toList();
        }

        boolean overTime() {
            return text.contains("GROUP BY time(");
        }

        /** With Grafana's variables filled in, as Grafana does for the given range. */
        String filled(String site, Instant from, Instant to, String interval) {
            String query = text.replace(
                            "$timeFilter",
                            "time >= " + from.toEpochMilli() + "ms and time <= " + to.toEpochMilli() + "ms")
                    .replace("$__interval", interval)
                    .replace("$site", site);
            Matcher unknown = VARIABLE.matcher(query);
            if (unknown.find()) {
                throw new AssertionError("nobody fills in " + unknown.group() + " in " + text);
            }
            return query;
        }

        @Override
        public String toString() {
            return panel.path("title").asText();
        }
    }

    static List<Dashboard> all() {
        try (Stream<Path> files = Files.list(Chart.FOLDER.resolve("dashboards"))) {
            return files.sorted().map(Dashboard::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Dashboard read(Path file) {
        try {
            return new Dashboard(file, new ObjectMapper().readTree(file.toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<JsonNode> panels() {
        return json.path("panels").valueStream().toList();
    }

    List<Query> queries() {
        return panels().stream()
                .flatMap(panel -> panel.path("targets")
                        .valueStream()
                        .map(target -> new Query(panel, target.path("query").asText())))
                .toList();
    }

    /** What fills the choices of its variables. */
    List<String> choices() {
        return json.at("/templating/list")
                .valueStream()
                .filter(variable -> variable.path("type").asText().equals("query"))
                .map(variable -> variable.path("query").asText())
                .toList();
    }

    @Override
    public String toString() {
        return file.getFileName().toString();
    }
}
