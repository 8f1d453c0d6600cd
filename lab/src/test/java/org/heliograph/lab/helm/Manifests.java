package org.heliograph.lab.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Rendered objects. */
record Manifests(List<JsonNode> objects) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> WORKLOADS = Set.of("StatefulSet", "Deployment", "Job");

    Manifests {
        objects = List.copyOf(objects);
    }

    static Manifests parse(String yaml) {
        List<JsonNode> objects = new ArrayList<>();
        for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
            if (document != null) {
                objects.add(JSON.valueToTree(document));
            }
        }
        return new Manifests(objects);
    }

    List<JsonNode> of(String kind) {
        return objects.stream()
                .filter(object -> object.path("kind").asText().equals(kind))
                .toList();
    }

    JsonNode get(String kind, String name) {
        return find(kind, name)
                .orElseThrow(() -> new AssertionError("no " + kind + " " + name + " in "
                        + objects.stream()
                                .map(object -> object.path("kind").asText() + " " + name(object))
                                .toList()));
    }

    Optional<JsonNode> find(String kind, String name) {
        return of(kind).stream().filter(object -> name(object).equals(name)).findFirst();
    }

    List<Workload> workloads() {
        return objects.stream()
                .filter(object -> WORKLOADS.contains(object.path("kind").asText()))
                .map(Workload::new)
                .toList();
    }

    Workload workload(String name) {
        return workloads().stream()
                .filter(workload -> workload.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + workloads()));
    }

    static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }

    static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
