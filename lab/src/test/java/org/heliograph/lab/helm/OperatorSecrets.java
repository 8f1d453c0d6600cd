package org.heliograph.lab.helm;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.heliograph.lab.pki.DevelopmentAuthority;
import org.heliograph.lab.pki.Identity;
import org.heliograph.lab.pki.Subject;

/** The Secrets that the examples ask an operator to make, or Strimzi makes: real certificates, keys and passwords. */
record OperatorSecrets(String authority, String certificate, String key) {
    static final String TOKEN = "0123456789abcdef0123456789abcdef";

    private static final Duration VALIDITY = Duration.ofHours(2);
    /** Where all of a Secret is mounted, what is in it, as the example says. */
    private static final Map<String, List<String>> WHOLE = Map.of(
            "edge-hall-1", List.of("ca.pem", "edge.pem", "edge.key", "crac-09.psk", "mqtt.password"),
            "edge-roof", List.of("crac-09.psk"));

    static OperatorSecrets make(Path folder) throws IOException {
        DevelopmentAuthority authority = DevelopmentAuthority.create(Instant.now(), VALIDITY);
        Identity.PemFiles own = authority
                .issue(Subject.peer("heliograph", List.of("localhost")), Instant.now(), VALIDITY)
                .write(folder, "own");
        return new OperatorSecrets(
                Files.readString(authority.own().write(folder, "ca").certificate()),
                Files.readString(own.certificate()),
                Files.readString(own.key()));
    }

    /** The files of a volume of a Secret. */
    Map<String, String> mounted(JsonNode volume) {
        Map<String, String> files = new HashMap<>();
        for (JsonNode item : volume.path("items")) {
            files.put(item.path("path").asText(), content(item.path("key").asText()));
        }
        if (!volume.has("items")) {
            WHOLE.getOrDefault(volume.path("secretName").asText(), List.of())
                    .forEach(name -> files.put(name, content(name)));
        }
        return files;
    }

    private String content(String key) {
        if (key.matches("ca\\.(crt|pem)")) {
            return authority;
        }
        if (key.matches(".*\\.(crt|pem)")) {
            return certificate;
        }
        if (key.endsWith(".key")) {
            return this.key;
        }
        if (key.equals("sasl.jaas.config")) {
            return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"me\" password=\"x\";";
        }
        return TOKEN;
    }
}
