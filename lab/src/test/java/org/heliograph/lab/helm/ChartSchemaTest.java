package org.heliograph.lab.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a program can be told, the chart can be told under the same name: each setting of the programs' example files, which
 * have all of them, those in comments with their defaults.
 */
class ChartSchemaTest {
    private static final Pattern SETTING = Pattern.compile("( *(?:- )?)([a-z][A-Za-z0-9]*):(?: .*)?");
    /** What the chart itself writes: it knows the pod and its neighbours. */
    private static final Set<String> OF_THE_CHART = Set.of(
            "agent/agent",
            "agent/health/listen",
            "agent/journal/path",
            "agent/kafka/tls",
            "agent/site",
            "streams/engine/instance",
            "streams/health/listen",
            "streams/kafka/tls",
            "streams/page/host",
            "streams/page/port",
            "streams/sink/tokenFile",
            "streams/alerts/webhook/tls",
            "streams/alerts/mqtt/tls");

    private static JsonNode schema = new ObjectMapper().nullNode();

    @BeforeAll
    static void readSchema() throws IOException {
        schema = new ObjectMapper().readTree(Files.readString(Chart.FOLDER.resolve("values.schema.json")));
    }

    @Test
    void every_setting_of_the_programs_can_be_made_in_the_chart() throws IOException {
        Set<String> lacking = new TreeSet<>();
        for (String setting : settings("agent")) {
            List<String> at = new ArrayList<>(List.of(setting.split("/")));
            at.removeFirst();
            if (!at.getFirst().equals("kafka")) {
                at.addAll(
                        0,
                        at.getFirst().equals("journal")
                                ? List.of("agentDefaults")
                                : List.of("agentDefaults", "config"));
            }
            if (!OF_THE_CHART.contains(setting) && !allows(schema, at)) {
                lacking.add(setting);
            }
        }
        for (String setting : settings("streams")) {
            List<String> at = new ArrayList<>(List.of(setting.split("/")));
            at.removeFirst();
            if (!OF_THE_CHART.contains(setting) && !allows(schema, at)) {
                lacking.add(setting);
            }
        }
        assertThat(lacking).as("settings that values.schema.json doesn't take").isEmpty();
    }

    /** Such as {@code agent/journal/maxBytes}. */
    private static Set<String> settings(String program) throws IOException {
        record Key(int column, String name) {}
        Path example = Chart.REPOSITORY.resolve(program + "/examples/" + program + ".yaml");
        Set<String> settings = new TreeSet<>();
        Deque<Key> at = new ArrayDeque<>();
        for (String line : Files.readAllLines(example)) {
            Matcher setting = SETTING.matcher(line.replaceFirst("^( *)# ", "$1"));
            if (setting.matches()) {
                int column = setting.group(1).length();
                while (!at.isEmpty() && at.getLast().column() >= column) {
                    at.removeLast();
                }
                at.addLast(new Key(column, setting.group(2)));
                settings.add(program + "/"
                        + String.join("/", at.stream().map(Key::name).toList()));
            }
        }
        settings.removeIf(outer -> settings.stream().anyMatch(inner -> inner.startsWith(outer + "/")));
        assertThat(settings).hasSizeGreaterThan(20);
        return settings;
    }

    private static boolean allows(JsonNode node, List<String> at) {
        JsonNode found = node;
        for (String key : at) {
            found = resolved(found);
            if (!found.has("properties")) {
                return true; // the program itself will judge what is in it
            }
            JsonNode next = found.path("properties").path(key);
            if (next.isMissingNode()) {
                return found.path("additionalProperties").asBoolean(true);
            }
            found = next;
        }
        return true;
    }

    private static JsonNode resolved(JsonNode node) {
        JsonNode found = node;
        while (found.has("$ref") || found.has("items")) {
            found = found.has("items")
                    ? found.path("items")
                    : schema.at(found.path("$ref").asText().substring(1));
        }
        return found;
    }
}
