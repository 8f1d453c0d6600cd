package org.heliograph.lab.bench;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.clients.admin.Admin;
import org.heliograph.lab.server.Collectd;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.lab.server.Mosquitto;

/**
 * collectd, which queues in memory.
 *
 * @param readings measured, after a warm-up of a fifth
 */
record CollectdRun(Path folder, int readings, Report report) {
    static final String TOPIC = "collectd";

    void measure(Mosquitto mosquitto, KafkaServer kafka, Admin admin) throws Exception {
        System.out.println("collectd");
        TopicEnd end = new TopicEnd(admin, TOPIC);
        try (Collectd collectd =
                        Collectd.start(folder.resolve("collectd"), mosquitto.port(), kafka.bootstrap(), TOPIC);
                MqttFlood flood = new MqttFlood(mosquitto.port())) {
            int sent = sendUntilTaken(flood, end);
            ProcessUsage process = new ProcessUsage(collectd.pid());
            report.add("collectd_resident_idle", process.residentBytes().orElseThrow() / 1e6, "MB");
            Thread.sleep(Duration.ofSeconds(1));
            long before = end.offset();
            FloodRun run =
                    new FloodRun(process, flood, number -> Message.value(sent + number), () -> end.offset() - before);
            FloodRun.Result result = run.measure(readings);
            report.add("collectd", result.perSecond(), "readings/s", "agent_readings");
            report.add("collectd_cpu", result.microsPerMessage(), "us/reading", "agent_cpu_per_reading");
        }
    }

    /** It takes what comes once it has subscribed, which it says to nobody. */
    private static int sendUntilTaken(MqttFlood flood, TopicEnd end) throws Exception {
        long deadline = System.nanoTime() + FloodRun.PATIENCE.toNanos();
        int sent = 0;
        while (end.offset() == 0 && System.nanoTime() < deadline) {
            flood.publish(Message.value(sent++));
            flood.settle();
            Thread.sleep(FloodRun.LOOK_EVERY);
        }
        return sent;
    }
}
