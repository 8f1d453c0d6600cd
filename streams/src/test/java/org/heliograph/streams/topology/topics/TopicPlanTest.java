package org.heliograph.streams.topology.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.heliograph.streams.config.StreamsSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicPlanTest {
    private static final String IN_SYNC = "min.insync.replicas";

    @ParameterizedTest
    @CsvSource({"1,", "2,", "3,2", "5,2"})
    void what_is_acknowledged_is_on_two_disks_where_a_third_is_to_spare(
            int replication, String inSync, @TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("streams.yaml"), "kafka: {bootstrap: 'k:1', replication: " + replication + "}\n");
        StreamsSettings settings = StreamsSettings.read(file);

        assertThat(TopicPlan.planned(settings.kafka(), settings.engine()))
                .hasSize(9)
                .allSatisfy(topic -> assertThat(topic.configs().get(IN_SYNC)).isEqualTo(inSync));
        assertThat(TopicPlan.acknowledged(replication).get(IN_SYNC)).isEqualTo(inSync);
    }

    @Test
    void what_keeps_a_client_from_being_made_is_said_itself() {
        Throwable thrown = catchThrowable(() -> Admin.create(Map.of("bootstrap.servers", "no-port")));
        assertThat(thrown).hasMessageContaining("Failed to create");
        assertThat(TopicPlan.cause(new ExecutionException(thrown))).hasMessageContaining("no-port");
    }
}
