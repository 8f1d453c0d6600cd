package org.heliograph.streams.topology.topics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.heliograph.streams.config.EngineSection;
import org.heliograph.streams.config.KafkaSettings;
import org.heliograph.streams.config.SiteText;
import org.heliograph.streams.factor.Factors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics, made where they are missing, and the site models and emission factors, published where they are news. Every topic states its
 * retention: the broker counts it from a record's timestamp, which is the time of the event, so a default of days would
 * delete what a device sends late.
 */
public final class TopicPlan {
    private static final Logger log = LoggerFactory.getLogger(TopicPlan.class);
    private static final Duration REPLAYABLE = Duration.ofDays(35);
    private static final Duration SHORT = Duration.ofDays(1);
    /** How long a broker may take to answer before it is said to be missing; by default it is a minute. */
    private static final int ANSWER_MILLIS = 5_000;

    private static final Duration RETRY = Duration.ofSeconds(2);

    /** With fewer, a broker that is away would stop all writing. */
    private static final int COPIES_WITH_ONE_TO_SPARE = 3;

    private static final Map<String, String> COMPACT = Map.of("cleanup.policy", "compact");

    private TopicPlan() {}

    /**
     * Makes what is missing and publishes the models and factors that are news; waits for a broker as long as it takes, and says so.
     *
     * @throws InterruptedException when asked to stop while waiting
     */
    public static void apply(
            KafkaSettings kafka, List<SiteText> sites, Factors factors, int devicePartitions, int sitePartitions)
            throws InterruptedException {
        String told = "";
        while (true) {
            try {
                create(kafka, shared(kafka, devicePartitions, sitePartitions));
                Publication.send(kafka, sites, factors.all(), ANSWER_MILLIS);
                if (!told.isEmpty()) {
                    log.info("kafka=reachable bootstrap={}", kafka.bootstrap());
                }
                return;
            } catch (ExecutionException | KafkaException e) {
                String cause = cause(e).toString();
                if (!cause.equals(told)) { // it may be another than that nobody is there: no right, no such replication
                    log.warn("kafka=unreachable bootstrap={} action=waiting cause=\"{}\"", kafka.bootstrap(), cause);
                    told = cause;
                }
                Thread.sleep(RETRY);
            }
        }
    }

    /**
     * Every topic that the programs of one installation share, those of resets included, as planned and as the brokers
     * have it.
     *
     * @throws ExecutionException if there is no broker, or this client may not look
     */
    public static List<TopicState> states(KafkaSettings kafka, EngineSection engine)
            throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(briefly(kafka))) {
            List<NewTopic> planned = shared(kafka, engine);
            Set<String> existing = admin.listTopics().names().get();
            List<String> names = planned.stream()
                    .map(NewTopic::name)
                    .filter(existing::contains)
                    .toList();
            Map<String, TopicDescription> described =
                    admin.describeTopics(names).allTopicNames().get();
            Map<String, Map<String, String>> configs = configs(admin, names);
            return planned.stream()
                    .map(topic -> TopicState.of(
                            topic,
                            Optional.ofNullable(described.get(topic.name()))
                                    .map(there -> new TopicState.Found(
                                            there.partitions().size(),
                                            there.partitions()
                                                    .getFirst()
                                                    .replicas()
                                                    .size(),
                                            Optional.ofNullable(configs.get(topic.name()))))))
                    .toList();
        }
    }

    /** The same as planned, without asking anybody. */
    public static List<TopicState> planned(KafkaSettings kafka, EngineSection engine) {
        return shared(kafka, engine).stream()
                .map(topic -> TopicState.of(topic, Optional.empty()))
                .toList();
    }

    /** Makes those that are missing, and leaves the others alone. */
    public static void createMissing(KafkaSettings kafka, EngineSection engine)
            throws ExecutionException, InterruptedException {
        create(kafka, shared(kafka, engine));
    }

    private static List<NewTopic> shared(KafkaSettings kafka, EngineSection engine) {
        return shared(kafka, engine.devicePartitions(), engine.sitePartitions());
    }

    private static List<NewTopic> shared(KafkaSettings kafka, int devicePartitions, int sitePartitions) {
        List<NewTopic> all = new ArrayList<>(topics(kafka, devicePartitions, sitePartitions));
        all.add(resets(kafka));
        return all;
    }

    /** The settings of those topics that this client may ask about; a running program doesn't need that right. */
    private static Map<String, Map<String, String>> configs(Admin admin, List<String> names)
            throws ExecutionException, InterruptedException {
        Map<String, Map<String, String>> all = new HashMap<>();
        List<ConfigResource> topics = names.stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        for (var described : admin.describeConfigs(topics).values().entrySet()) {
            try {
                Map<String, String> entries = new HashMap<>();
                described
                        .getValue()
                        .get()
                        .entries()
                        .forEach(entry -> entries.put(entry.name(), String.valueOf(entry.value())));
                all.put(described.getKey().name(), entries);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof AuthorizationException)) {
                    throw e;
                }
            }
        }
        return all;
    }

    /**
     * Looks whether there is a broker before much is begun: each question to one that is away takes a minute.
     *
     * @throws ExecutionException if there is none
     */
    public static void requireBroker(KafkaSettings kafka) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(briefly(kafka))) {
            admin.describeCluster().nodes().get();
        }
    }

    private static Map<String, Object> briefly(KafkaSettings kafka) {
        Map<String, Object> properties = kafka.clientProperties();
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        return properties;
    }

    /**
     * Makes the topics of a replay, which reads another's telemetry and factors, and publishes its model.
     *
     * @throws ExecutionException if there is no broker
     */
    public static void applyShadow(KafkaSettings kafka, List<SiteText> sites, int sitePartitions)
            throws ExecutionException, InterruptedException {
        List<NewTopic> topics = new ArrayList<>(topics(kafka, sitePartitions, sitePartitions));
        topics.removeIf(topic -> topic.name().equals(kafka.topics().telemetry())
                || topic.name().equals(kafka.topics().factors()));
        create(kafka, topics);
        Publication.send(kafka, sites, List.of(), ANSWER_MILLIS);
    }

    /** Makes the topic of notes that resets leave. */
    public static void createResets(KafkaSettings kafka) throws ExecutionException, InterruptedException {
        create(kafka, List.of(resets(kafka)));
    }

    private static NewTopic resets(KafkaSettings kafka) {
        return topic(kafka.topics().resets(), 1, (short) kafka.replication(), COMPACT);
    }

    private static List<NewTopic> topics(KafkaSettings kafka, int devicePartitions, int sitePartitions) {
        short replication = (short) kafka.replication();
        var names = kafka.topics();
        return List.of(
                topic(names.telemetry(), devicePartitions, replication, whateverItsTime(deleteAfter(REPLAYABLE))),
                topic(names.energy(), devicePartitions, replication, deleteAfter(REPLAYABLE)),
                topic(names.kpi(), sitePartitions, replication, COMPACT),
                topic(names.live(), sitePartitions, replication, deleteAfter(SHORT)),
                topic(names.alerts(), sitePartitions, replication, COMPACT),
                topic(names.rejects(), 1, replication, whateverItsTime(deleteAfter(REPLAYABLE))),
                topic(names.sites(), 1, replication, compactLate()),
                topic(names.factors(), 1, replication, compactLate()));
    }

    private static NewTopic topic(String name, int partitions, short replication, Map<String, String> configs) {
        Map<String, String> all = new HashMap<>(acknowledged(replication));
        all.putAll(configs);
        return new NewTopic(name, partitions, replication).configs(all);
    }

    /**
     * What a broker acknowledges is on two disks: an agent deletes from its journal what was acknowledged. A broker's default is
     * one, however many copies a topic should have.
     */
    public static Map<String, String> acknowledged(int replication) {
        return replication < COPIES_WITH_ONE_TO_SPARE ? Map.of() : Map.of(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "2");
    }

    /** Whoever reads it from its beginning finds what was in force before a newest record that can't be used. */
    private static Map<String, String> compactLate() {
        return Map.of(
                "cleanup.policy",
                "compact",
                TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG,
                Long.toString(REPLAYABLE.toMillis()));
    }

    private static Map<String, String> deleteAfter(Duration retention) {
        return Map.of("cleanup.policy", "delete", "retention.ms", Long.toString(retention.toMillis()));
    }

    /**
     * What an agent whose clock is ahead has sent is judged by the engine. A broker refuses by itself what is an hour ahead
     * of it; the agent couldn't get rid of that, nor of what waits behind it.
     */
    private static Map<String, String> whateverItsTime(Map<String, String> configs) {
        Map<String, String> all = new HashMap<>(configs);
        all.put(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, Long.toString(Long.MAX_VALUE));
        return all;
    }

    private static void create(KafkaSettings kafka, List<NewTopic> topics)
            throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(briefly(kafka))) {
            var existing = admin.listTopics().names().get();
            List<NewTopic> missing = new ArrayList<>(topics);
            missing.removeIf(topic -> existing.contains(topic.name()));
            for (var created : admin.createTopics(missing).values().entrySet()) {
                try {
                    created.getValue().get();
                    log.info("topic=created name={}", created.getKey());
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw e;
                    }
                }
            }
        }
    }

    /** What lies at the bottom: around it is "Failed to create new KafkaAdminClient", whatever it was. */
    static Throwable cause(Throwable e) {
        return e.getCause() == null ? e : cause(e.getCause());
    }
}
