package org.heliograph.lab.security;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.heliograph.telemetry.wire.Topics;

/** What the parts may do on Kafka, and no more: the table of {@code docs/security.md}. */
public final class Acls {
    private Acls() {}

    /** An agent writes what it reads from devices, and nothing else. */
    public static List<AclBinding> agent(String principal, Topics topics) {
        return Stream.of(topics.telemetry(), topics.rejects())
                .flatMap(topic -> allow(
                        principal,
                        ResourceType.TOPIC,
                        PatternType.LITERAL,
                        topic,
                        AclOperation.WRITE,
                        AclOperation.DESCRIBE))
                .toList();
    }

    /** Engine, sink and page: they make the topics, read what the agent wrote, and write figures, but no readings. */
    public static List<AclBinding> streams(String principal, Topics topics, String application) {
        List<AclBinding> all = new ArrayList<>();
        for (String topic : List.of(
                topics.telemetry(),
                topics.factors(),
                topics.sites(),
                topics.energy(),
                topics.kpi(),
                topics.live(),
                topics.alerts(),
                topics.rejects(),
                topics.resets())) {
            all.addAll(allow(
                            principal,
                            ResourceType.TOPIC,
                            PatternType.LITERAL,
                            topic,
                            AclOperation.CREATE,
                            AclOperation.DESCRIBE,
                            AclOperation.DESCRIBE_CONFIGS,
                            AclOperation.READ)
                    .toList());
            if (!topic.equals(topics.telemetry())) {
                all.addAll(allow(principal, ResourceType.TOPIC, PatternType.LITERAL, topic, AclOperation.WRITE)
                        .toList());
            }
        }
        all.addAll(allow(principal, ResourceType.TOPIC, PatternType.PREFIXED, application + "-", AclOperation.ALL)
                .toList());
        all.addAll(allow(
                        principal,
                        ResourceType.GROUP,
                        PatternType.PREFIXED,
                        application,
                        AclOperation.READ,
                        AclOperation.DELETE)
                .toList());
        all.addAll(allow(
                        principal,
                        ResourceType.TRANSACTIONAL_ID,
                        PatternType.PREFIXED,
                        application,
                        AclOperation.WRITE,
                        AclOperation.DESCRIBE)
                .toList());
        return all;
    }

    private static Stream<AclBinding> allow(
            String principal, ResourceType type, PatternType pattern, String name, AclOperation... operations) {
        return Stream.of(operations)
                .map(operation -> new AclBinding(
                        new ResourcePattern(type, name, pattern),
                        new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW)));
    }
}
