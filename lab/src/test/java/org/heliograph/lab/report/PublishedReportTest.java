package org.heliograph.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.factor.record.FactorRecord;
import org.heliograph.streams.report.Period;
import org.heliograph.streams.report.ReportFiles;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.AgentLoss;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedReportTest {
    private static final ZoneId ZONE = ZoneId.of("Africa/Casablanca");
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");

    @Test
    void the_newest_committed_statement_of_the_site_is_reported(@TempDir Path folder) throws Exception {
        SiteModel model = SiteFile.parse("site.yaml", """
                site: casa1
                zone: Africa/Casablanca
                devices: [{id: util-1, profile: utility-meter, role: grid}]
                """);
        Topics topics = Topics.DEFAULT;
        try (KafkaServer server = KafkaServer.start(folder.resolve("kafka"));
                Admin admin = Admin.create(Map.of("bootstrap.servers", server.bootstrap()))) {
            Map<String, Object> kafka = Map.of("bootstrap.servers", server.bootstrap());
            assertThatThrownBy(() -> write(kafka, model, folder))
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining(topics.kpi());
            admin.createTopics(List.of(
                            new NewTopic(topics.kpi(), 2, (short) 1),
                            new NewTopic(topics.live(), 1, (short) 1),
                            new NewTopic(topics.factors(), 1, (short) 1)))
                    .all()
                    .get();
            try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", server.bootstrap(), "transactional.id", "engine"),
                    new StringSerializer(),
                    new ByteArraySerializer())) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(window(topics, "casa1", 1.5)).get();
                producer.send(window(topics, "casa1", 1.25)).get();
                producer.send(window(topics, "casa10", 9)).get();
                SiteLive live = SiteLive.newBuilder()
                        .setSite("casa1")
                        .setTimeMs(NOW.toEpochMilli())
                        .addLosses(AgentLoss.newBuilder().setAgent("edge-1").setExpected(77))
                        .build();
                producer.send(new ProducerRecord<>(topics.live(), "casa1", live.toByteArray()))
                        .get();
                EmissionFactor published = EmissionFactor.published(
                        "our-grid", "7", "the operator", 600_500_000, EmissionFactor.ALWAYS, EmissionFactor.FOR_EVER);
                producer.send(new ProducerRecord<>(
                                topics.factors(), FactorRecord.key(published), FactorRecord.encode(published)))
                        .get();
                producer.commitTransaction();
                producer.beginTransaction();
                producer.send(window(topics, "casa1", 99)).get();
                producer.abortTransaction();
            }

            ReportFiles.Written written = write(kafka, model, folder);

            assertThat(written.isKnown()).isTrue();
            assertThat(written.isInterim()).isFalse();
            String csv = Files.readString(folder.resolve("report-casa1-2025.csv"));
            assertThat(csv)
                    .contains("casa1,period,1y,2025-01-01,pue,1.25,")
                    .contains("casa1,factors,1y,2025-01-01,our-grid@7,600.5,g/kWh")
                    .contains("casa1,losses-until,,2026-03-01T00:00:00Z,expected edge-1,77,packs");
        }
    }

    private static ReportFiles.Written write(Map<String, Object> kafka, SiteModel model, Path folder) throws Exception {
        return ReportFiles.write(
                kafka, Topics.DEFAULT, model, Factors.SHIPPED, Period.parse("2025"), ReportFiles.Lang.EN, folder, NOW);
    }

    private static ProducerRecord<String, byte[]> window(Topics topics, String site, double pue) {
        long start = LocalDate.of(2025, 1, 1).atStartOfDay(ZONE).toInstant().toEpochMilli();
        SiteWindow window = SiteWindow.newBuilder()
                .setSite(site)
                .setWindow("1y")
                .setStartMs(start)
                .setPue(pue)
                .setFactorAverage("our-grid@7")
                .setCoverage(1)
                .setState(WindowState.FINAL)
                .build();
        return new ProducerRecord<>(topics.kpi(), site + "/1y/" + start, window.toByteArray());
    }
}
