package org.heliograph.lab.helm;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The files that a pod's container finds, laid out below a folder as a node would: volumes, sub-paths, environment. */
final class PodFiles {
    private final Manifests manifests;
    private final JsonNode pod;
    private final Map<String, String> environment = new HashMap<>();

    private PodFiles(Manifests manifests, JsonNode statefulSet, int ordinal) {
        this.manifests = manifests;
        pod = statefulSet.at("/spec/template/spec");
        for (JsonNode variable : Manifests.container(statefulSet).path("env")) {
            if (variable.at("/valueFrom/fieldRef/fieldPath").asText().equals("metadata.name")) {
                environment.put(variable.path("name").asText(), Manifests.name(statefulSet) + "-" + ordinal);
            }
        }
    }

    static void layOut(Path root, Manifests manifests, JsonNode statefulSet, int ordinal) throws IOException {
        PodFiles files = new PodFiles(manifests, statefulSet, ordinal);
        for (JsonNode mount : Manifests.container(statefulSet).path("volumeMounts")) {
            files.mount(root.resolve(mount.path("mountPath").asText().substring(1)), mount);
        }
    }

    private void mount(Path target, JsonNode mount) throws IOException {
        Map<String, String> content = content(mount.path("name").asText());
        String subPath =
                mount.path("subPath").asText(expanded(mount.path("subPathExpr").asText("")));
        if (subPath.isEmpty()) {
            Files.createDirectories(target);
            for (Map.Entry<String, String> file : content.entrySet()) {
                Files.writeString(target.resolve(file.getKey()), file.getValue());
            }
        } else {
            if (!content.containsKey(subPath)) {
                throw new AssertionError("a mount of " + subPath + ", which is none of " + content.keySet());
            }
            Files.createDirectories(target.resolveSibling(""));
            Files.writeString(target, content.getOrDefault(subPath, ""));
        }
    }

    private String expanded(String expression) {
        String text = expression;
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            text = text.replace("$(" + variable.getKey() + ")", variable.getValue());
        }
        return text;
    }

    /** A volume's files; a secret's are the user's, and their content is their name here. */
    private Map<String, String> content(String volumeName) {
        Map<String, String> content = new HashMap<>();
        for (JsonNode volume : pod.path("volumes")) {
            if (volume.path("name").asText().equals(volumeName)) {
                if (volume.has("configMap")) {
                    manifests
                            .get("ConfigMap", volume.at("/configMap/name").asText())
                            .path("data")
                            .properties()
                            .forEach(file ->
                                    content.put(file.getKey(), file.getValue().asText()));
                }
                volume.at("/secret/items")
                        .forEach(item -> content.put(
                                item.path("path").asText(),
                                "content of " + item.path("key").asText()));
            }
        }
        return content;
    }
}
