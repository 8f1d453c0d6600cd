package org.heliograph.lab.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a panel has room for, on a screen 1440 pixels wide. A stat without sizes shrinks its lines until the longest one
 * fits, to nothing if need be; a table hides behind a scroll bar what is wider than it.
 */
class DashboardLayoutTest {
    private static final double SCREEN = 1440 - 2 * 8;
    private static final int GRID_COLUMNS = 24;
    private static final double ROW = 30;
    private static final double GAP = 8;
    private static final double HEADER_AND_PADDING = 32 + 2 * 8;

    /** What Grafana gives a column at least, unless the panel says less. */
    private static final double COLUMN = 150;

    private static final int READABLE = 14;
    private static final double LINE = 1.5;

    static List<Dashboard> dashboards() {
        return Dashboard.all();
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void a_stat_of_several_lines_has_letters_that_can_be_read_and_the_room_for_them(Dashboard dashboard) {
        for (JsonNode panel : panels(dashboard, "stat")) {
            int lines = columns(dashboard, panel).size();
            boolean listed = panel.at("/options/orientation").asText().equals("horizontal") && lines > 3;
            if (listed || panel.at("/options/text").isObject()) {
                int size = panel.at("/options/text/valueSize").asInt();
                assertThat(size).as(title(panel)).isGreaterThanOrEqualTo(READABLE);
                assertThat(panel.at("/options/text/titleSize").asInt()).isBetween(READABLE, size);
                assertThat(lines * size * LINE).as(title(panel)).isLessThanOrEqualTo(height(panel));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void a_list_of_what_is_not_whole_is_told_in_a_few_words(Dashboard dashboard) {
        for (JsonNode panel : panels(dashboard, "stat")) {
            JsonNode notWhole = property(panel, "Not whole", "mappings");
            for (JsonNode mapping : notWhole) {
                assertThat(mapping.at("/options/result/text").asText())
                        .as(title(panel))
                        .isNotEmpty()
                        .hasSizeLessThan(25);
            }
            if (!notWhole.isMissingNode()) {
                assertThat(notWhole.path(notWhole.size() - 1)
                                .at("/options/pattern")
                                .asText())
                        .isEqualTo(".+");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void what_lacks_devices_of_a_panel_is_told_from_what_other_figures_lack(Dashboard dashboard) {
        String others = "cue 0.9166";
        for (JsonNode panel : panels(dashboard, "stat")) {
            if (!columns(dashboard, panel).contains("Not whole")) {
                continue;
            }
            JsonNode own = property(panel, "Not whole", "mappings").path(1).path("options");
            Pattern pattern = Pattern.compile(own.path("pattern").asText());
            for (String figure : List.of("cue", "energy_generator", "pue3", "co2_avoided_lifecycle")) {
                assertThat(pattern.matcher(figure + " 0.9166").matches())
                        .as(title(panel) + ", " + figure)
                        .isFalse();
            }
            assertThat(ownFigures(dashboard, panel)).as(title(panel)).isNotEmpty();
            String said = own.at("/result/text").asText().replace("$1", "0.9583");
            for (String figure : ownFigures(dashboard, panel)) {
                assertThat(List.of(
                                figure + " 0.9583",
                                figure + " 0.9583, " + others,
                                "ref 0.5000, " + figure + " 0.9583, " + figure + "_lifecycle 0.2500, " + others))
                        .as(title(panel))
                        .allSatisfy(partial -> assertThat(pattern.matcher(partial)
                                        .replaceFirst(own.at("/result/text").asText()))
                                .isEqualTo(said));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void panels_lie_beside_each_other_without_a_hole(Dashboard dashboard) {
        Set<String> taken = new HashSet<>();
        int bottom = 0;
        for (JsonNode panel : dashboard.panels()) {
            JsonNode place = panel.path("gridPos");
            int end = place.path("y").asInt() + place.path("h").asInt();
            for (int y = place.path("y").asInt(); y < end; y++) {
                for (int i = 0; i < place.path("w").asInt(); i++) {
                    assertThat(taken.add(place.path("x").asInt() + i + "," + y))
                            .as(title(panel) + " lies on another")
                            .isTrue();
                }
            }
            bottom = Math.max(bottom, end);
        }
        assertThat(taken).hasSize(GRID_COLUMNS * bottom);
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void a_time_has_no_colour_of_a_figure(Dashboard dashboard) {
        for (JsonNode panel : panels(dashboard, "stat")) {
            boolean coloured = !panel.at("/fieldConfig/defaults/thresholds/steps/0/color")
                    .asText()
                    .equals("text");
            if (coloured && shown(panel, "Time")) {
                assertThat(property(panel, "Time", "color").path("mode").asText())
                        .as(title(panel))
                        .isEqualTo("fixed");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void a_table_shows_all_its_columns_at_once(Dashboard dashboard) {
        for (JsonNode panel : panels(dashboard, "table")) {
            double least = panel.at("/fieldConfig/defaults/custom/minWidth").asDouble(COLUMN);
            double widths = columns(dashboard, panel).stream()
                    .mapToDouble(
                            column -> property(panel, column, "custom.width").asDouble(least))
                    .sum();
            assertThat(widths).as(title(panel)).isLessThanOrEqualTo(width(panel));
        }
    }

    /** Grafana's own threshold is 80, whatever is shown. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void a_bar_is_coloured_by_a_threshold_of_its_own_or_not_at_all(Dashboard dashboard) {
        for (JsonNode panel : panels(dashboard, "table")) {
            for (String column : columns(dashboard, panel)) {
                if (property(panel, column, "custom.cellOptions")
                        .path("type")
                        .asText()
                        .equals("gauge")) {
                    boolean fixed = property(panel, column, "color")
                            .path("mode")
                            .asText()
                            .equals("fixed");
                    assertThat(fixed || property(panel, column, "thresholds").isObject())
                            .as(title(panel) + ", " + column)
                            .isTrue();
                }
            }
        }
    }

    /** It moves by thousandths: with two digits a chart of an hour has the same number beside each of its lines. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void the_axis_of_a_pue_has_the_digits_by_which_it_moves(Dashboard dashboard) {
        assertThat(panels(dashboard, "timeseries"))
                .filteredOn(panel -> title(panel).startsWith("PUE"))
                .allSatisfy(panel -> assertThat(
                                panel.at("/fieldConfig/defaults/decimals").asInt())
                        .isEqualTo(3));
    }

    private static List<JsonNode> panels(Dashboard dashboard, String type) {
        return dashboard.panels().stream()
                .filter(panel -> panel.path("type").asText().equals(type))
                .toList();
    }

    private static String title(JsonNode panel) {
        return panel.path("title").asText();
    }

    /** The columns of a table, or the lines of a stat, by their names in the store. */
    private static Set<String> columns(Dashboard dashboard, JsonNode panel) {
        Set<String> columns = new LinkedHashSet<>();
        List<Dashboard.Query> queries = queries(dashboard, panel);
        for (Dashboard.Query query : queries) {
            columns.add("Time");
            columns.addAll(query.tags());
            columns.addAll(query.figures());
        }
        boolean secondTime = queries.size() > 1 && shown(panel, "Until");
        columns.removeIf(column -> !shown(panel, column));
        if (secondTime) {
            columns.add("Until");
        }
        return columns;
    }

    private static boolean shown(JsonNode panel, String column) {
        List<String> patterns = new ArrayList<>();
        String stat = panel.at("/options/reduceOptions/fields").asText();
        if (!stat.isEmpty()) {
            patterns.add(stat.substring(1, stat.length() - 1));
        }
        String included = panel.at("/transformations/0/options/include/pattern").asText();
        if (!included.isEmpty()) {
            patterns.add(included);
        }
        return patterns.stream()
                .allMatch(pattern -> Pattern.compile(pattern).matcher(column).find());
    }

    /** What a panel shows, by the names in {@code partial}: IT energy is there by its levels. */
    private static List<String> ownFigures(Dashboard dashboard, JsonNode panel) {
        String query = queries(dashboard, panel).getFirst().text();
        return Pattern.compile("\"(energy_\\w+|self_\\w+|co2_avoided_kg)\" AS")
                .matcher(query)
                .results()
                .map(match -> match.group(1).replaceAll("_(kwh|kg)$", ""))
                .flatMap(figure -> figure.equals("energy_it")
                        ? Stream.of("energy_it1", "energy_it2", "energy_it3")
                        : Stream.of(figure))
                .toList();
    }

    private static List<Dashboard.Query> queries(Dashboard dashboard, JsonNode panel) {
        return dashboard.queries().stream()
                .filter(query -> query.panel().equals(panel))
                .toList();
    }

    private static JsonNode property(JsonNode panel, String column, String id) {
        Stream<JsonNode> overrides = panel.at("/fieldConfig/overrides").valueStream();
        return overrides
                .filter(override -> override.at("/matcher/options").asText().equals(column))
                .flatMap(override -> override.path("properties").valueStream())
                .filter(property -> property.path("id").asText().equals(id))
                .findFirst()
                .map(property -> property.path("value"))
                .orElse(MissingNode.getInstance());
    }

    private static double width(JsonNode panel) {
        int columns = panel.at("/gridPos/w").asInt();
        double column = (SCREEN - (GRID_COLUMNS - 1) * GAP) / GRID_COLUMNS;
        return columns * column + (columns - 1) * GAP;
    }

    private static double height(JsonNode panel) {
        int rows = panel.at("/gridPos/h").asInt();
        return rows * ROW + (rows - 1) * GAP - HEADER_AND_PADDING;
    }
}
