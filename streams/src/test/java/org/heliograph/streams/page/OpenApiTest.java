package org.heliograph.streams.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.heliograph.streams.health.Vitals;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the page answers is what openapi.json says, field for field. */
class OpenApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2026-06-01T13:24:00Z");

    private final PageBoard board = new FixtureDay(NOW, 1_000, 14.4).board();
    private final HttpClient http = HttpClient.newHttpClient();
    private LivePage page;
    private JsonNode api;

    @BeforeEach
    void start() throws Exception {
        board.accept(FixtureDay.disagreeing(board.quarter(FixtureDay.SITE).orElseThrow()));
        board.accept(FixtureDay.alert("crac-01", "crac-alarm", "critical", "an alarm", NOW));
        page = LivePage.start(
                new PageSettings(true, "127.0.0.1", 0),
                board,
                InstantSource.fixed(NOW),
                Duration.ofSeconds(5),
                () -> new Vitals(Map.of("engine", Vitals.OK), ""));
        api = JSON.readTree(get("/openapi.json").body());
    }

    @AfterEach
    void stop() {
        page.close();
        http.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/api/sites, /api/sites",
        "/api/sites/{site}/now, /api/sites/casa1/now",
        "/api/sites/{site}/history, /api/sites/casa1/history",
        "/api/sites/{site}/history, /api/sites/casa1/history?window=1m",
        "/api/sites/{site}/hall, /api/sites/casa1/hall",
        "/api/sites/{site}/alerts, /api/sites/casa1/alerts",
        "/api/sites/{site}/change, /api/sites/casa1/change",
        "/api/sites/{site}/change, /api/sites/casa1/change?from=0&to=60000",
        "/health, /health",
    })
    void an_answer_is_what_is_described(String path, String request) throws Exception {
        HttpResponse<String> reply = get(request);
        assertThat(reply.statusCode()).isEqualTo(200);
        String type = reply.headers().firstValue("Content-Type").orElseThrow();
        JsonNode described = api.at("/paths")
                .path(path)
                .at("/get/responses/200/content")
                .path(type)
                .path("schema");
        assertThat(described.isObject()).as(path + " " + type).isTrue();

        assertThat(faults(described, JSON.readTree(reply.body()))).isEmpty();
    }

    @Test
    void every_described_path_is_served() throws Exception {
        for (Map.Entry<String, JsonNode> path : api.path("paths").properties()) {
            String request = path.getKey().replace("{site}", "casa1");
            if (!path.getKey().equals("/events")) { // it doesn't end
                assertThat(get(request).statusCode()).as(request).isIn(200, 204);
            }
        }
        assertThat(get("/events").statusCode()).isEqualTo(400);
    }

    @Test
    void an_answer_with_a_field_too_many_or_too_few_is_found() throws Exception {
        JsonNode schema = api.at("/components/schemas/Sites");
        assertThat(faults(schema, JSON.readTree("{}"))).isNotEmpty();
        assertThat(faults(schema, JSON.readTree("{\"sites\":[],\"more\":1}"))).isNotEmpty();
    }

    /** A field that the engine gains is described before it is served. */
    @Test
    void every_figure_on_the_wire_is_described() {
        List<String> missing = new ArrayList<>();
        for (var message : List.of(SiteWindow.getDescriptor(), SiteLive.getDescriptor())) {
            JsonNode properties =
                    api.at("/components/schemas").path(message.getName()).path("properties");
            message.getFields().forEach(field -> {
                String name = field.getName().replaceFirst("_mj$", "_kwh").replaceFirst("_ug$", "_kg");
                if (!properties.has(name) && !name.equals("branches")) {
                    missing.add(message.getName() + "." + name);
                }
            });
        }
        assertThat(missing).isEmpty();
    }

    private Set<ValidationMessage> faults(JsonNode schema, JsonNode answer) {
        var whole = JSON.createObjectNode();
        whole.set("components", api.path("components"));
        whole.setAll((com.fasterxml.jackson.databind.node.ObjectNode) schema.deepCopy());
        JsonSchema rules =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(whole);
        return rules.validate(answer);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(page.address() + path.substring(1)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
