package org.heliograph.lab.helm;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The files that a pod's container finds, laid out below a folder as a node would. Paths in them that begin in the
 * chart's folders are made to begin below it, too: what a change of the root would do.
 */
final class PodFiles {
    private final Path root;
    private final Manifests manifests;
    private final Workload workload;
    private final OperatorSecrets secrets;

    private PodFiles(Path root, Manifests manifests, Workload workload, OperatorSecrets secrets) {
        this.root = root;
        this.manifests = manifests;
        this.workload = workload;
        this.secrets = secrets;
    }

    static PodFiles layOut(Path root, Manifests manifests, Workload workload, OperatorSecrets secrets)
            throws IOException {
        PodFiles files = new PodFiles(root, manifests, workload, secrets);
        for (JsonNode mount : workload.container().path("volumeMounts")) {
            Path target = files.path(Path.of(mount.path("mountPath").asText()));
            Files.createDirectories(target);
            for (var file : files.content(mount.path("name").asText()).entrySet()) {
                Files.writeString(target.resolve(file.getKey()), file.getValue());
            }
        }
        return files;
    }

    /** Where something of the pod lies here. */
    Path path(Path inThePod) {
        return root.resolve(Path.of("/").relativize(inThePod));
    }

    private Map<String, String> content(String volumeName) throws IOException {
        Map<String, String> content = new HashMap<>();
        for (JsonNode volume : workload.pod().path("volumes")) {
            if (volume.path("name").asText().equals(volumeName)) {
                if (volume.has("configMap")) {
                    for (var file : manifests
                            .get("ConfigMap", volume.at("/configMap/name").asText())
                            .path("data")
                            .properties()) {
                        content.put(file.getKey(), moved(file.getValue().asText()));
                    }
                }
                if (volume.has("secret")) {
                    content.putAll(secrets.mounted(volume.path("secret")));
                }
            }
        }
        return content;
    }

    private String moved(String text) {
        return text.replace("/etc/heliograph/", root + "/etc/heliograph/")
                .replace("/var/lib/heliograph", root + "/var/lib/heliograph");
    }
}
