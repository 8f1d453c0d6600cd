package org.heliograph.lab.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.streams.Main;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.topology.topics.TopicPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code heliograph streams topics}, on a real broker. */
class TopicsCommandIT {
    private static final List<String> ALL =
            List.of("telemetry", "energy", "kpi", "live", "alerts", "rejects", "sites", "factors", "resets");

    private record Answer(int status, String out, String err) {}

    @Test
    void missing_topics_are_made_and_those_that_are_there_are_left_as_they_are(@TempDir Path folder) throws Exception {
        try (KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"));
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            Path config = write(folder, kafka.bootstrap());
            admin.createTopics(
                            List.of(new NewTopic("dc.telemetry", 2, (short) 1).configs(Map.of("retention.ms", "-1"))))
                    .all()
                    .get();

            Answer before = topics("show", config);
            assertThat(before.status()).isEqualTo(1);
            assertThat(before.out().lines()).hasSize(ALL.size());
            assertThat(before.out()).containsPattern("dc\\.kpi +partitions 2 .*newest of each key +missing");

            Answer made = topics("apply", config);
            assertThat(made.status()).as(made.err()).isZero();
            assertThat(made.out())
                    .contains("dc.telemetry: there, but has 2 partitions, not 3; has retention.ms=-1, not 3024000000")
                    .contains("dc.kpi: made");
            assertThat(admin.listTopics().names().get())
                    .containsAll(ALL.stream().map(name -> "dc." + name).toList());
            assertThat(admin.describeTopics(List.of("dc.telemetry", "dc.energy", "dc.live"))
                            .allTopicNames()
                            .get()
                            .values())
                    .extracting(topic -> topic.name() + " " + topic.partitions().size())
                    .containsExactlyInAnyOrder("dc.telemetry 2", "dc.energy 3", "dc.live 2");

            assertThat(topics("apply", config).out()).contains("dc.kpi: there").doesNotContain("made");
            assertThat(topics("show", config).out()).containsPattern("dc\\.energy +partitions 3 .*35 d +there");

            // as 'streams run' makes them
            Path fresh = Files.createDirectory(folder.resolve("fresh"));
            StreamsSettings settings = StreamsSettings.read(Files.writeString(
                    fresh.resolve("streams.yaml"), "kafka: {bootstrap: '" + kafka.bootstrap() + "', prefix: run}\n"));
            TopicPlan.apply(
                    settings.kafka(),
                    List.of(),
                    Factors.of(List.of()),
                    settings.engine().devicePartitions(),
                    settings.engine().sitePartitions());
            Answer whole = topics("show", fresh.resolve("streams.yaml"));
            assertThat(whole.status()).as(whole.out()).isZero();
        }
    }

    /** A broker lets nothing in that is an hour ahead of it, unless the topic says otherwise. */
    @Test
    void an_agent_whose_clock_is_ahead_is_held_up_by_no_topic_of_its_own(@TempDir Path folder) throws Exception {
        try (KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"));
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            AlterConfigOp limited = new AlterConfigOp(
                    new ConfigEntry("log.message.timestamp.after.max.ms", "3600000"), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.BROKER, ""), List.of(limited)))
                    .all()
                    .get();
            assertThat(topics("apply", write(folder, kafka.bootstrap())).status())
                    .isZero();

            long ahead = System.currentTimeMillis() + Duration.ofHours(2).toMillis();
            try (KafkaProducer<byte[], byte[]> agent = new KafkaProducer<>(
                    Map.of("bootstrap.servers", kafka.bootstrap()),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                for (String topic : List.of("dc.telemetry", "dc.rejects")) {
                    assertThat(agent.send(new ProducerRecord<>(topic, null, ahead, new byte[0], new byte[0])))
                            .succeedsWithin(Duration.ofMinutes(2));
                }
                assertThat(agent.send(new ProducerRecord<>("dc.live", null, ahead, new byte[0], new byte[0])))
                        .as("the broker is such a one")
                        .failsWithin(Duration.ofMinutes(2));
            }
        }
    }

    @Test
    void a_missing_broker_is_said_and_not_waited_for(@TempDir Path folder) throws Exception {
        Answer answer = topics("apply", write(folder, "127.0.0.1:9"));
        assertThat(answer.status()).isEqualTo(1);
        assertThat(answer.err()).startsWith("heliograph streams topics apply: Kafka at 127.0.0.1:9: ");
    }

    private static Path write(Path folder, String bootstrap) throws Exception {
        return Files.writeString(folder.resolve("streams.yaml"), """
                kafka: {bootstrap: "%s", prefix: dc}
                engine: {devicePartitions: 3, sitePartitions: 2}
                """.formatted(bootstrap));
    }

    private static Answer topics(String command, Path config) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = new CommandLine(Main.class)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute("topics", command, config.toString());
        return new Answer(status, out.toString(), err.toString());
    }
}
