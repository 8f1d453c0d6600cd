package org.heliograph.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.streams.health.Vitals;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartsTest {
    /** Of several engines one that can't reach Kafka would be missed by rules for what is 0, and by those for what is gone. */
    @Test
    void a_part_that_waits_for_kafka_says_that_it_does_not_work(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("streams.yaml"), "kafka: {bootstrap: '127.0.0.1:1'}\n");
        try (Parts parts = new Parts(StreamsSettings.read(file))) {
            Vitals vitals = parts.vitals();

            assertThat(vitals.metrics().lines())
                    .contains(
                            "heliograph_engine_running 0",
                            "heliograph_sink_up 0",
                            "heliograph_page_feed_up 0",
                            "heliograph_alerts_leading 0")
                    .as("one that starts again and again")
                    .anyMatch(line -> line.startsWith("process_start_time_seconds "));
            assertThat(vitals.parts()).hasSize(4).containsValue("starting");
        }
    }
}
