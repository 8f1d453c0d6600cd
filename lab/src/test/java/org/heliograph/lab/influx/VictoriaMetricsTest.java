package org.heliograph.lab.influx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.lab.server.VictoriaMetrics;
import org.heliograph.streams.influx.InfluxSink;
import org.heliograph.streams.influx.SinkSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sink before a real VictoriaMetrics, which takes the v2 write interface. */
class VictoriaMetricsTest {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int DEVICES = 40;
    private static final int MINUTES = 20;

    @Test
    void figures_arrive_also_after_the_server_was_killed(@TempDir Path folder) throws Exception {
        assumeTrue(VictoriaMetrics.available(), "victoria-metrics isn't installed");
        try (KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"));
                VictoriaMetrics store = VictoriaMetrics.start(folder.resolve("store"));
                Engine engine = new Engine(kafka.bootstrap(), "vm");
                InfluxSink sink = InfluxSink.start(
                        Map.of("bootstrap.servers", kafka.bootstrap()),
                        engine.topics,
                        SinkSettings.of(URI.create(store.url())))) {
            engine.publishMinutes(DEVICES, 0, MINUTES, 600);
            engine.publish(Engine.window(0).setPue(1.5).build());
            await(store, "device_energy", "energy_wh", 0, DEVICES * MINUTES);
            await(store, "site_kpi", "pue", 0, 1);

            store.kill(); // what it was still holding in memory is its own loss: it acknowledged before
            engine.publishMinutes(DEVICES, MINUTES, MINUTES, 600);
            store.restart();
            await(store, "device_point", "mean", MINUTES, DEVICES * MINUTES * 3);
            assertThat(sink.progress().rejected()).isZero();
        }
    }

    /** Waits for so many values from a minute on. */
    private static void await(VictoriaMetrics store, String measurement, String field, int minute, long values) {
        long from = Engine.START_MILLIS + minute * Engine.MINUTE_MILLIS - Engine.MINUTE_MILLIS / 2;
        long to = Engine.START_MILLIS + 3 * MINUTES * Engine.MINUTE_MILLIS;
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (store.values(measurement, field, from, to) < values) {
            assertThat(System.nanoTime())
                    .as("%s has %d values", measurement, store.values(measurement, field, from, to))
                    .isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
    }
}
