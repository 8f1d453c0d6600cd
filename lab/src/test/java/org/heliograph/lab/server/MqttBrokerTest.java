package org.heliograph.lab.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MqttBrokerTest {
    /** More than what either broker keeps for a client by default (1,000). */
    private static final int BACKLOG = 3_000;

    @TempDir
    Path folder;

    @Test
    void mosquitto_queues_without_limit_for_an_absent_client_even_over_a_restart() throws Exception {
        assumeTrue(Mosquitto.available(), "mosquitto isn't installed");
        Mosquitto broker = Mosquitto.start(folder);
        try (broker) {
            subscribeAndLeave(broker.uri());
            publish(broker.uri());
            broker.restart();
            assertThat(receive(broker.uri())).isEqualTo(BACKLOG);
        }
        assertThat(ProcessHandle.of(broker.pid()).filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    @Test
    void mosquitto_comes_back_on_its_port_after_a_kill() throws Exception {
        assumeTrue(Mosquitto.available(), "mosquitto isn't installed");
        try (Mosquitto broker = Mosquitto.start(folder)) {
            int port = broker.port();
            broker.kill();
            assertThat(broker.isAlive()).isFalse();
            broker.restart();
            assertThat(broker.port()).isEqualTo(port);
            publish(broker.uri());
        }
    }

    @Test
    void hivemq_queues_a_long_backlog_for_an_absent_client() throws Exception {
        HiveMq broker = HiveMq.start(folder);
        try (broker) {
            subscribeAndLeave(broker.uri());
            publish(broker.uri());
            assertThat(receive(broker.uri())).isEqualTo(BACKLOG);
        }
        assertThat(ProcessHandle.of(broker.pid()).filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    @Test
    void hivemq_comes_back_on_its_port_after_a_kill() throws Exception {
        try (HiveMq broker = HiveMq.start(folder)) {
            int port = broker.port();
            broker.kill();
            broker.restart();
            assertThat(broker.port()).isEqualTo(port);
            publish(broker.uri());
        }
    }

    @Test
    void hivemq_outlasts_the_interrupt_that_ends_the_program_that_uses_it() throws Exception {
        assumeTrue(Program.find("kill").isPresent(), "there is no kill program");
        try (HiveMq broker = HiveMq.start(folder)) {
            assertThat(new ProcessBuilder("kill", "-INT", "" + broker.pid())
                            .inheritIO()
                            .start()
                            .waitFor())
                    .isZero();
            publish(broker.uri());
            assertThat(broker.isAlive()).isTrue();
        }
    }

    private static void subscribeAndLeave(String uri) throws MqttException {
        MqttClient client = new MqttClient(uri, "absent", new MemoryPersistence());
        client.connect(session());
        client.subscribe("t/#", 1);
        client.disconnect();
        client.close();
    }

    private static void publish(String uri) throws MqttException {
        MqttClient client = new MqttClient(uri, "publisher", new MemoryPersistence());
        client.connect();
        for (int i = 0; i < BACKLOG; i++) {
            client.publish("t/" + i, new MqttMessage(new byte[200], 1, false, null));
        }
        client.disconnect();
        client.close();
    }

    private static int receive(String uri) throws MqttException, InterruptedException {
        BlockingQueue<String> topics = new LinkedBlockingQueue<>();
        MqttClient client = new MqttClient(uri, "absent", new MemoryPersistence());
        client.setCallback(new Topics(topics));
        client.connect(session());
        int received = 0;
        while (received < BACKLOG && topics.poll(2, TimeUnit.MINUTES) != null) {
            received++;
        }
        client.disconnect();
        client.close();
        return received;
    }

    private static MqttConnectionOptions session() {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(false);
        options.setSessionExpiryInterval(3_600L);
        return options;
    }
}
