package org.heliograph.lab.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DashboardsTest {
    private static final String LABEL = "grafana_dashboard";
    private static final Set<String> UNITS = Set.of(
            "none",
            "watt",
            "suffix:kW",
            "suffix:kWh",
            "percent", // 0 to 100
            "percentunit", // 0 to 1
            "celsius",
            "volt",
            "suffix:kg",
            "dateTimeFromNow");

    /** Grafana scales these by thousands, and rounds after that: 1,499 kWh without decimals are "1 MWh". */
    private static final Set<String> SCALED = Set.of("watt", "watth", "kwatth", "massg", "masskg", "amp", "volt");

    /** How old the newest is of all that a site has; and what stands in no area of racks. */
    private static final Set<String> OF_THE_WHOLE_SITE =
            Set.of("Age of the newest data", "UPS and floor PDUs of the whole site");

    static List<Dashboard> dashboards() {
        return Dashboard.all();
    }

    @Test
    void the_chart_ships_every_dashboard_as_it_is() throws Exception {
        Chart.assumeHelm();
        Manifests chart = Chart.manifests(Chart.MINIMAL);
        assertThat(dashboards()).isNotEmpty();
        for (Dashboard dashboard : dashboards()) {
            String name = dashboard.toString().replace(".json", "");
            JsonNode shipped = chart.get("ConfigMap", "heliograph-dashboard-" + name);
            assertThat(shipped.at("/metadata/labels").path(LABEL).asText()).isEqualTo("1");
            JsonNode json = new ObjectMapper()
                    .readTree(shipped.path("data").path(dashboard.toString()).asText());
            assertThat(json).isEqualTo(dashboard.json());
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void a_dashboard_keeps_its_address_and_explains_each_figure(Dashboard dashboard) {
        String name = dashboard.toString().replace(".json", "");
        assertThat(dashboard.json().path("uid").asText()).isEqualTo("heliograph-" + name);
        assertThat(dashboard.panels())
                .extracting(panel -> panel.path("id").asInt())
                .doesNotHaveDuplicates();
        assertThat(dashboard.panels())
                .anyMatch(panel -> panel.path("type").asText().equals("text"));
        for (JsonNode panel : dashboard.panels()) {
            if (panel.has("targets")) {
                assertThat(panel.path("description").asText())
                        .as(panel.path("title").asText())
                        .isNotBlank();
                assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void a_gap_is_shown_as_a_gap(Dashboard dashboard) {
        for (Dashboard.Query query : dashboard.queries()) {
            if (query.overTime()) {
                assertThat(query.text()).contains("fill(null)");
                assertThat(query.panel()
                                .at("/fieldConfig/defaults/custom/spanNulls")
                                .asBoolean(true))
                        .isFalse();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void an_area_that_is_chosen_is_chosen_for_every_panel_of_devices(Dashboard dashboard) {
        boolean hasAreas = dashboard.choices().stream().anyMatch(choice -> choice.contains("\"area\""));
        assertThat(dashboard.queries())
                .filteredOn(query -> hasAreas && query.text().contains("FROM \"device_"))
                .filteredOn(query -> !OF_THE_WHOLE_SITE.contains(query.toString()))
                .allSatisfy(query -> assertThat(query.text()).contains("\"area\" =~ /^$area$/"));
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void a_figure_of_today_or_the_month_tells_since_when_and_until_when_it_is(Dashboard dashboard) {
        assertThat(dashboard.queries())
                .filteredOn(query -> query.text().matches(".*\"window\" = '1(d|mo)'.*")
                        && query.panel().path("type").asText().equals("stat"))
                .allSatisfy(query -> {
                    JsonNode panel = query.panel();
                    assertThat(panel.at("/options/reduceOptions/fields").asText())
                            .endsWith("|Time|Since|Until)$/"); // Grafana goes by the name that is shown
                    assertThat(named(panel, "byName")).contains("Time");
                    // of the newest minute only the time is shown, under another name than that of the window
                    assertThat(panel.at("/targets/1/query").asText())
                            .startsWith("SELECT last(\"coverage\") AS \"value\" FROM \"site_kpi\"")
                            .contains("\"window\" = '1m'");
                    assertThat(panel.at("/transformations/0/options/exclude/pattern")
                                    .asText())
                            .isEqualTo("^value$");
                    assertThat(named(panel, "byFrameRefID"))
                            .containsExactly(panel.at("/targets/1/refId").asText());
                });
    }

    /** A device's minute is stored when that device has gone on to the next: the newest ones hold a part of the devices. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void devices_are_added_up_once_each_has_had_the_time_to_come(Dashboard dashboard) {
        assertThat(dashboard.queries())
                .filteredOn(query -> query.overTime()
                        && query.text().contains("FROM \"device_energy\"")
                        && query.text().contains("sum("))
                .allSatisfy(query -> assertThat(query.text().split("\\$timeFilter AND time < now\\(\\) - 3m ", -1))
                        .as("within and without")
                        .hasSize(3));
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void what_is_open_or_estimated_never_looks_like_what_is_settled(Dashboard dashboard) {
        for (Dashboard.Query query : dashboard.queries()) {
            boolean overWindows = query.text().contains("FROM \"site_kpi\"")
                    && query.text().contains("$timeFilter")
                    && !query.figures().contains("Coverage");
            if (!overWindows) {
                continue;
            }
            if (query.text().contains("\"state\" = 'provisional'")) {
                assertThat(query.figures()).allSatisfy(figure -> {
                    assertThat(figure).endsWith(", provisional");
                    assertThat(named(query.panel(), "byName")).contains(figure);
                });
            } else {
                assertThat(query.text()).contains("\"state\" <> 'provisional'");
            }
            if (query.text().contains("\"estimated\" = 1")) {
                assertThat(query.figures()).allSatisfy(figure -> {
                    assertThat(figure).endsWith(", estimated");
                    assertThat(named(query.panel(), "byName")).contains(figure);
                });
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void a_figure_of_today_or_the_month_tells_what_is_not_whole(Dashboard dashboard) {
        for (Dashboard.Query query : dashboard.queries()) {
            boolean figureSoFar = query.text().matches(".*\"window\" = '1(d|mo)'.*")
                    && query.panel().path("type").asText().equals("stat")
                    && !query.figures().equals(List.of("Coverage"));
            if (figureSoFar) {
                String shown = query.panel().at("/options/reduceOptions/fields").asText();
                assertThat(query.text()).contains("\"partial\" AS \"Not whole\"");
                assertThat(query.figures())
                        .as(query.toString())
                        .filteredOn(figure -> !figure.equals("Coverage"))
                        .allMatch(Pattern.compile(shown.substring(1, shown.length() - 1))
                                .asMatchPredicate());
                if (query.figures().contains("CO2 avoided")) {
                    assertThat(query.figures()).contains("Covered", "Factor", "Grade");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void a_sum_by_day_that_lacks_devices_looks_like_no_whole_one(Dashboard dashboard) {
        for (JsonNode panel : dashboard.panels()) {
            // a ratio is of the minutes that are matched: what is missing doesn't bend it
            boolean sumsByDay = panel.path("title").asText().endsWith(" by day")
                    && panel.at("/fieldConfig/defaults/unit").asText().matches("suffix:(kWh|kg)");
            if (sumsByDay) {
                JsonNode last = panel.path("targets").valueStream().toList().getLast();
                Dashboard.Query query =
                        new Dashboard.Query(panel, last.path("query").asText());
                assertThat(query.figures()).singleElement().satisfies(figure -> {
                    assertThat(figure).endsWith(", not whole");
                    assertThat(named(panel, "byName")).contains(figure);
                });
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void an_override_names_a_column_that_the_panel_has(Dashboard dashboard) {
        for (JsonNode panel : dashboard.panels()) {
            Set<String> columns = new HashSet<>(Set.of("Time", "Newest minute", "Raised"));
            for (Dashboard.Query query : dashboard.queries()) {
                if (query.panel().equals(panel)) {
                    columns.addAll(query.figures());
                    columns.addAll(query.tags());
                }
            }
            assertThat(columns).as(panel.path("title").asText()).containsAll(named(panel, "byName"));
            panel.at("/options/sortBy")
                    .forEach(sort -> assertThat(columns)
                            .contains(sort.path("displayName").asText()));
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void a_number_has_a_unit_that_grafana_knows(Dashboard dashboard) {
        for (JsonNode panel : dashboard.panels()) {
            if (panel.path("type").asText().matches("stat|timeseries")) {
                assertThat(panel.at("/fieldConfig/defaults/unit").asText())
                        .as(panel.path("title").asText())
                        .isIn(UNITS);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void a_number_that_grafana_scales_keeps_its_digits(Dashboard dashboard) {
        for (JsonNode panel : dashboard.panels()) {
            JsonNode defaults = panel.at("/fieldConfig/defaults");
            assertDigits(panel, defaults.path("unit"), defaults.path("decimals"));
            panel.at("/fieldConfig/overrides")
                    .forEach(override ->
                            assertDigits(panel, property(override, "unit"), property(override, "decimals")));
        }
    }

    /** Of a total; volts and amperes of a rack aren't scaled. */
    private static void assertDigits(JsonNode panel, JsonNode unit, JsonNode decimals) {
        if (SCALED.contains(unit.asText()) && !decimals.isMissingNode()) {
            boolean ofARack = unit.asText().matches("amp|volt");
            assertThat(decimals.asInt()).as(panel.path("title").asText()).isGreaterThanOrEqualTo(ofARack ? 1 : 2);
        }
    }

    private static JsonNode property(JsonNode override, String id) {
        return override.path("properties")
                .valueStream()
                .filter(property -> property.path("id").asText().equals(id))
                .findFirst()
                .map(property -> property.path("value"))
                .orElse(MissingNode.getInstance());
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void a_stat_finds_its_fields_by_the_names_that_its_overrides_give_them(Dashboard dashboard) {
        for (JsonNode panel : dashboard.panels()) {
            String fields = panel.at("/options/reduceOptions/fields").asText();
            if (fields.isEmpty()) {
                continue;
            }
            panel.at("/fieldConfig/overrides")
                    .valueStream()
                    .map(override -> property(override, "displayName"))
                    .filter(name -> !name.isMissingNode())
                    .forEach(name -> assertThat(name.asText())
                            .as(panel.path("title").asText())
                            .matches(fields.substring(1, fields.length() - 1)));
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void a_ratio_tells_of_how_much_of_its_window_it_is(Dashboard dashboard) {
        assertThat(dashboard.queries())
                .filteredOn(query -> query.text().contains("FROM \"site_kpi\"")
                        && query.text().matches(".*\"(pue[123]?|self_consumption)\".*")
                        && !query.text().contains("\"state\" = 'provisional'"))
                .allSatisfy(query -> assertThat(query.text())
                        .containsPattern("\"coverage\" AS|\"coverage\" (>=|<) 0.9|\"partial\" AS|\"partial\" [!=]~"));
    }

    @Test
    void each_dashboard_leads_to_the_others_and_takes_site_and_time_along() {
        assertThat(dashboards())
                .extracting(dashboard -> dashboard.json().path("title").asText())
                .containsExactlyInAnyOrder("Overview", "Solar", "Cooling", "Power chain", "Pipeline health");
        assertThat(dashboards()).allSatisfy(dashboard -> {
            JsonNode link = dashboard.json().at("/links/0");
            assertThat(link.path("tags")).isEqualTo(dashboard.json().path("tags"));
            assertThat(link.path("includeVars").asBoolean()).isTrue();
            assertThat(link.path("keepTime").asBoolean()).isTrue();
        });
    }

    private static List<String> named(JsonNode panel, String matcher) {
        return panel.at("/fieldConfig/overrides")
                .valueStream()
                .filter(override -> override.at("/matcher/id").asText().equals(matcher))
                .map(override -> override.at("/matcher/options").asText())
                .toList();
    }
}
