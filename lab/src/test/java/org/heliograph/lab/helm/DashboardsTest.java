package org.heliograph.lab.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DashboardsTest {
    private static final String LABEL = "grafana_dashboard";

    static List<Dashboard> dashboards() {
        return Dashboard.all();
    }

    @Test
    void the_chart_ships_every_dashboard_as_it_is() throws Exception {
        Chart.assumeHelm();
        JsonNode shipped = Chart.manifests(Chart.MINIMAL).get("ConfigMap", "heliograph-dashboards");
        assertThat(shipped.at("/metadata/labels").path(LABEL).asText()).isEqualTo("1");
        assertThat(dashboards()).isNotEmpty();
        for (Dashboard dashboard : dashboards()) {
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
}
