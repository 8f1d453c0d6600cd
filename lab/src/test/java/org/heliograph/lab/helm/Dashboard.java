package org.heliograph.lab.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Grafana dashboard, and what it asks of its data source. */
record Dashboard(Path file, JsonNode json) {
    private static final Pattern ALIAS = Pattern.compile("AS \"([^\"]+)\"");
    private static final Pattern GROUPS = Pattern.compile("GROUP BY (?:time\\([^)]*\\))?(.*?)(?: fill| ORDER|\\)|$)");
    private static final Pattern INNER = Pattern.compile("\\(SELECT .*\\)(?= WHERE| GROUP|$)");
    private static final Pattern TOP = Pattern.compile("top\\(\\w+, \"(\\w+)\"");
    private static final Pattern QUOTED = Pattern.compile("\"(\\w+)\"");

    private static final Pattern VARIABLE = Pattern.compile("\\$(\\w+|\\{\\w+})");

    /** A panel's query, as its text stands in the dashboard. */
    record Query(JsonNode panel, String text) {
        /** The figures that it asks for, by the names that the panel shows. */
        List<String> figures() {
            return ALIAS.matcher(text).results().map(match -> match.group(1)).toList();
        }

        /** The tags that tell its rows apart: those that it groups by, not those of a query within it, or tops. */
        List<String> tags() {
            String outer = INNER.matcher(text).replaceFirst("");
            Stream<String> grouped = GROUPS.matcher(outer)
                    .results()
                    .flatMap(groups -> QUOTED.matcher(groups.group(1)).results())
                    .map(tag -> tag.group(1));
            Stream<String> topped = TOP.matcher(outer).results().map(tag -> tag.group(1));
            return Stream.concat(grouped, topped).toList();
        }

        boolean overTime() {
            return text.contains("GROUP BY time(");
        }

        boolean ofArea() {
            return text.contains("$area");
        }

        /**
         * With Grafana's variables filled in, as Grafana does for the time up to a moment, which is the store's now, too:
         * a panel may have a time and a shortest interval of its own.
         *
         * @param area as Grafana writes it within a regular expression: all are {@code .*}
         */
        String filled(String site, String area, Instant from, Instant to) {
            Instant begin = panel.has("timeFrom")
                    ? to.minus(
                            Duration.parse("P" + panel.path("timeFrom").asText().toUpperCase(Locale.ROOT)))
                    : from;
            String query = text.replace(
                            "$timeFilter",
                            "time >= " + begin.toEpochMilli() + "ms and time <= " + to.toEpochMilli() + "ms")
                    .replace("now()", to.toEpochMilli() + "ms")
                    .replace("$__interval", panel.path("interval").asText("10s"))
                    .replace("$area", area)
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

    /** What marks its charts. */
    List<Query> annotations() {
        return json.at("/annotations/list")
                .valueStream()
                .map(annotation ->
                        new Query(annotation, annotation.path("query").asText()))
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
