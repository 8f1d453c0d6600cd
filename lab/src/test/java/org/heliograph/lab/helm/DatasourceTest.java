package org.heliograph.lab.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Grafana is provisioned with to reach the store. */
class DatasourceTest {
    @BeforeAll
    static void loadHelm() {
        Chart.assumeHelm();
    }

    @ParameterizedTest
    @CsvSource({
        "1, /secureJsonData/password,         $INFLUXDB_PASSWORD",
        "2, /secureJsonData/httpHeaderValue1, Token $INFLUXDB_TOKEN",
        "3, /secureJsonData/httpHeaderValue1, Bearer $INFLUXDB_TOKEN",
    })
    void each_generation_of_influxdb_is_asked_in_influxql_with_its_own_kind_of_secret(
            int generation, String where, String secret) {
        JsonNode source = source(Chart.FOLDER.resolve("examples/grafana/influxdb-" + generation + ".yaml"));

        assertThat(source.path("type").asText()).isEqualTo("influxdb");
        assertThat(source.path("uid").asText()).isEqualTo("heliograph");
        assertThat(source.at("/jsonData/version").asText()).isEqualTo("InfluxQL");
        assertThat(source.at("/jsonData/dbName").asText()).isEqualTo("heliograph");
        assertThat(source.path("url").asText()).isEqualTo("http://influxdb:8086");
        assertThat(source.at(where).asText()).isEqualTo(secret);
        assertThat(source.path("user").asText()).isEqualTo(generation == 1 ? "grafana" : "");
        assertThat(source.at("/jsonData/httpHeaderName1").asText()).isEqualTo(generation == 1 ? "" : "Authorization");
    }

    @Test
    void without_helm_the_guide_gives_what_the_chart_does(@TempDir Path folder) throws IOException {
        String guide = Files.readString(Chart.REPOSITORY.resolve("docs/dashboards.md"));
        int from = guide.indexOf("   apiVersion: 1\n   datasources:");
        String told = guide.substring(from, guide.indexOf("```", from)).stripIndent();

        JsonNode source = source(
                Chart.values(
                        folder,
                        "datasource: {enabled: true, url: 'http://localhost:8086', user: grafana, secretVariable: INFLUXDB_PASSWORD}"));
        assertThat(new YAMLMapper().readTree(told).path("datasources").get(0)).isEqualTo(source);
    }

    @Test
    void without_a_secret_nothing_is_sent(@TempDir Path folder) {
        JsonNode source =
                source(Chart.values(folder, "datasource: {enabled: true, url: 'https://store:8086', database: dc}"));

        assertThat(source.path("url").asText()).isEqualTo("https://store:8086");
        assertThat(source.at("/jsonData/dbName").asText()).isEqualTo("dc");
        assertThat(source.has("secureJsonData")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void an_authority_that_grafana_does_not_know_is_given_beside_the_secret(int generation, @TempDir Path folder) {
        JsonNode source = source(Chart.values(folder, """
                datasource: {enabled: true, influxdb: %d, url: 'https://store:8086', secretVariable: TOKEN, caVariable: STORE_CA}
                """.formatted(generation)));

        assertThat(source.at("/jsonData/tlsAuthWithCACert").asBoolean()).isTrue();
        assertThat(source.at("/secureJsonData/tlsCACert").asText()).isEqualTo("$STORE_CA");
        assertThat(source.path("secureJsonData")).hasSize(2);
    }

    @Test
    void an_authority_alone_is_given_too(@TempDir Path folder) {
        JsonNode source = source(Chart.values(folder, "datasource: {enabled: true, caVariable: STORE_CA}"));
        assertThat(source.at("/secureJsonData/tlsCACert").asText()).isEqualTo("$STORE_CA");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{influxdb: 4}                          | /datasource/influxdb",
                "{url: 'http://me:secret@store'}        | /datasource/url",
                "{secretVariable: 'my token'}           | /datasource/secretVariable",
                "{password: x}                          | 'password' not allowed",
            })
    void a_wrong_value_is_refused_with_its_name(String values, String message, @TempDir Path folder) {
        Path wrong = Chart.values(folder, "datasource: " + values);
        assertThatThrownBy(() -> Chart.render(Chart.RELEASE, Chart.MINIMAL, wrong))
                .hasMessageContaining(message);
    }

    private static JsonNode source(Path values) {
        JsonNode map = Chart.manifests(Chart.MINIMAL, values).get("ConfigMap", "heliograph-datasource");
        assertThat(map.at("/metadata/labels/grafana_datasource").asText()).isEqualTo("1");
        JsonNode provisioned = Manifests.parse(
                        map.path("data").path("heliograph.yaml").asText())
                .objects()
                .getFirst();
        assertThat(provisioned.path("datasources")).hasSize(1);
        return provisioned.path("datasources").get(0);
    }
}
