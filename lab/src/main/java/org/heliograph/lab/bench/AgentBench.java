package org.heliograph.lab.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.heliograph.lab.pipeline.Folders;
import org.heliograph.lab.server.Collectd;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.lab.server.Mosquitto;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The agent as it ships, from Mosquitto to Kafka with its journal on disk; beside a loop that takes the same messages with
 * Paho and forgets them, and collectd, which queues in memory. Each alone with the same publisher and the same brokers,
 * one after the other; processor time is that of its process between the first and the last measured message.
 */
@Command(
        name = "agent",
        mixinStandardHelpOptions = true,
        description = {
            "The agent from device to Kafka, beside bare loops and collectd.",
            "",
            "From Mosquitto to Kafka beside a bare MQTT loop and collectd; CoAP pushes beside a bare server; its memory and its start."
        },
        footer = {"", "Examples:", "  ./heliograph bench agent", "  ./heliograph bench agent --packs 200000"})
final class AgentBench implements Callable<Integer> {
    @Option(names = "--packs", description = "Measured, after a warm-up of a fifth. Default: ${DEFAULT-VALUE}")
    private int packs = 100_000;

    @Option(names = "--seconds", description = "At 440 devices at 1 Hz, for the memory. Default: ${DEFAULT-VALUE}")
    private int seconds = 30;

    @Override
    public Integer call() throws Exception {
        if (packs < 1_000 || seconds < 1) {
            System.err.println("heliograph bench: --packs is at least 1000, --seconds at least 1");
            return 2;
        }
        if (!Mosquitto.available()) {
            System.err.println("heliograph bench: needs Mosquitto (Debian: apt install mosquitto)");
            return 1;
        }
        Path folder = Files.createTempDirectory("heliograph-bench-");
        Report report = new Report("agent");
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"));
                KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"));
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            admin.createTopics(List.of(AgentRun.TOPIC, "hg.rejects", CollectdRun.TOPIC).stream()
                            .map(topic -> new NewTopic(topic, 1, (short) 1))
                            .toList())
                    .all()
                    .get();
            new BareRun(folder, packs, report).measure(mosquitto);
            new AgentRun(folder, packs, seconds, report).measure(mosquitto, kafka, admin);
            PushRun pushes = new PushRun(folder, packs, report);
            pushes.bare();
            pushes.agent(kafka.bootstrap());
            if (Collectd.available()) {
                new CollectdRun(folder, packs, report).measure(mosquitto, kafka, admin);
            } else {
                System.out.println("collectd isn't installed, or its plugins mqtt and write_kafka lack a library"
                        + " (Debian: apt install collectd-core libmosquitto1 librdkafka1 libyajl2): it is left out");
            }
        } finally {
            Folders.delete(folder);
        }
        report.finish();
        return 0;
    }
}
