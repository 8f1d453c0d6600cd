package org.heliograph.lab.pipeline;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The configuration files that the pipeline's programs are started with; an operator could have written them. */
final class Configs {
    private Configs() {}

    static String agent(String bootstrap, String site, String mqtt, Map<String, URI> coapDevices) {
        StringBuilder yaml = new StringBuilder("""
                agent: edge-1
                site: %s
                kafka:
                  bootstrap: "%s"
                journal:
                  path: journal.db
                mqtt:
                  - {url: "%s"}
                coap:
                """.formatted(site, bootstrap, mqtt));
        new TreeMap<>(coapDevices)
                .forEach((device, uri) -> yaml.append("  - {device: ")
                        .append(device)
                        .append(", uri: \"")
                        .append(uri)
                        .append("\"}\n"));
        return yaml.toString();
    }

    static String streams(String bootstrap, Path siteFile, Plan plan, String storeUrl) {
        String token = switch (plan.store()) {
            case Plan.StoreChoice.Existing existing ->
                existing.token()
                        .map(file -> ", token: {file: \"" + file.toAbsolutePath() + "\"}")
                        .orElse("");
            case Plan.StoreChoice.QuestDb _, Plan.StoreChoice.InfluxDb1 _ -> "";
        };
        return """
                kafka:
                  bootstrap: "%s"
                sites: ["%s"]
                engine:
                  instance: streams-1
                  state: state
                  devicePartitions: 2
                  sitePartitions: 1
                sink: {url: "%s"%s}
                page: {port: %d}
                """.formatted(bootstrap, siteFile.getFileName(), storeUrl, token, plan.pagePort());
    }
}
