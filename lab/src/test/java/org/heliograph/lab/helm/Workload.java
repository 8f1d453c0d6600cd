package org.heliograph.lab.helm;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A StatefulSet, Deployment or Job, and what it starts. */
record Workload(JsonNode object) {
    String name() {
        return Manifests.name(object);
    }

    /** Which part of the product it is: engine, sink, agent, ... */
    String part() {
        return labels().path("app.kubernetes.io/component").asText();
    }

    JsonNode pod() {
        return object.at("/spec/template/spec");
    }

    JsonNode labels() {
        return object.at("/spec/template/metadata/labels");
    }

    JsonNode selector() {
        return object.at("/spec/selector/matchLabels");
    }

    /** The only container of its pods. */
    JsonNode container() {
        JsonNode containers = pod().path("containers");
        if (containers.size() != 1) {
            throw new AssertionError(containers.size() + " containers in " + name());
        }
        return containers.get(0);
    }

    /** Which of the programs its image has. */
    String program() {
        return container().path("image").asText().replaceAll("^.*/|:.*$", "");
    }

    /** What Kubernetes makes of the arguments, in one of the pods. */
    List<String> arguments(int ordinal) {
        Map<String, String> environment = environment(ordinal);
        return Manifests.texts(container().path("args")).stream()
                .map(argument -> expanded(argument, environment))
                .toList();
    }

    /** The configuration file that it is started with; the last argument. */
    Path configuration(int ordinal) {
        return Path.of(arguments(ordinal).getLast());
    }

    /** What a volume is mounted on. */
    List<Path> mounts(String volume) {
        return container()
                .path("volumeMounts")
                .valueStream()
                .filter(mount -> mount.path("name").asText().equals(volume))
                .map(mount -> Path.of(mount.path("mountPath").asText()))
                .toList();
    }

    /** Where volumes are mounted that outlive a pod. */
    List<Path> persistent() {
        return mounts(object.at("/spec/volumeClaimTemplates/0/metadata/name").asText());
    }

    /** A container's port by its name; 0 without. */
    int port(String name) {
        return container()
                .path("ports")
                .valueStream()
                .filter(port -> port.path("name").asText().equals(name))
                .mapToInt(port -> port.path("containerPort").asInt())
                .findFirst()
                .orElse(0);
    }

    private Map<String, String> environment(int ordinal) {
        Map<String, String> environment = new HashMap<>();
        for (JsonNode variable : container().path("env")) {
            String field = variable.at("/valueFrom/fieldRef/fieldPath").asText();
            String value = switch (field) {
                case "metadata.name" -> name() + "-" + ordinal;
                case "status.podIP" -> "10.1.2.3";
                default -> variable.path("value").asText();
            };
            environment.put(variable.path("name").asText(), value);
        }
        return environment;
    }

    private static String expanded(String expression, Map<String, String> environment) {
        String text = expression;
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            text = text.replace("$(" + variable.getKey() + ")", variable.getValue());
        }
        return text;
    }

    @Override
    public String toString() {
        return name();
    }
}
