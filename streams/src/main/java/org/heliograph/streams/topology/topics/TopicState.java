package org.heliograph.streams.topology.topics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * A topic as it is planned, and as the brokers have it.
 *
 * @param found empty when it is missing
 */
public record TopicState(
        String name, int partitions, int replication, Map<String, String> configs, Optional<Found> found) {
    private static final String RETENTION = "retention.ms";

    /** @param configs empty when this client may not ask for them */
    public record Found(int partitions, int replication, Optional<Map<String, String>> configs) {
        public Found {
            configs = configs.map(Map::copyOf);
        }
    }

    public TopicState {
        configs = Map.copyOf(configs);
    }

    static TopicState of(NewTopic planned, Optional<Found> found) {
        return new TopicState(
                planned.name(), planned.numPartitions(), planned.replicationFactor(), planned.configs(), found);
    }

    /** What is kept, in words. */
    public String keeps() {
        String retention = configs.get(RETENTION);
        return retention == null
                ? "the newest of each key"
                : Duration.ofMillis(Long.parseLong(retention)).toDays() + " d";
    }

    /** How the topic that is there differs from the plan, one sentence each; none of a missing one. */
    public List<String> differences() {
        List<String> differences = new ArrayList<>();
        found.ifPresent(actual -> {
            if (actual.partitions() != partitions) {
                differences.add("has " + actual.partitions() + " partitions, not " + partitions);
            }
            if (actual.replication() != replication) {
                differences.add("has " + actual.replication() + " replicas, not " + replication);
            }
            actual.configs()
                    .ifPresentOrElse(
                            set -> differences.addAll(differences(set)),
                            () -> differences.add(
                                    "its settings may not be seen (for want of the right DescribeConfigs)"));
        });
        return List.copyOf(differences);
    }

    private List<String> differences(Map<String, String> actual) {
        List<String> differences = new ArrayList<>();
        new TreeMap<>(configs).forEach((key, planned) -> {
            String set = actual.get(key);
            if (set != null && !planned.equals(set)) {
                differences.add("has " + key + "=" + set + ", not " + planned);
            }
        });
        return differences;
    }
}
