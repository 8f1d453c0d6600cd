package org.heliograph.lab.agent;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.jspecify.annotations.Nullable;

/** A device that publishes at QoS 1 and tries again, on a new connection, until the broker has confirmed. */
final class Publisher implements AutoCloseable {
    private static final long ANSWER_MILLIS = 5_000;
    private static final Duration RETRY = Duration.ofMillis(20);
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final String url;
    private final String clientId;
    private @Nullable MqttAsyncClient client;

    Publisher(String url, String clientId) {
        this.url = url;
        this.clientId = clientId;
    }

    void publish(String topic, String payload) {
        publish(topic, payload.getBytes(StandardCharsets.UTF_8), false);
    }

    /** For whoever subscribes later, once. */
    void publishRetained(String topic, String payload) {
        publish(topic, payload.getBytes(StandardCharsets.UTF_8), true);
    }

    private void publish(String topic, byte[] payload, boolean retained) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                MqttMessage message = new MqttMessage(payload);
                message.setQos(1);
                message.setRetained(retained);
                connected().publish(topic, message).waitForCompletion(ANSWER_MILLIS);
                return;
            } catch (MqttException e) {
                close();
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("the broker never confirmed " + topic, e);
                }
                LockSupport.parkNanos(RETRY.toNanos());
            }
        }
    }

    private MqttAsyncClient connected() throws MqttException {
        MqttAsyncClient open = client;
        if (open == null) {
            open = new MqttAsyncClient(url, clientId, new MemoryPersistence());
            client = open;
            MqttConnectionOptions options = new MqttConnectionOptions();
            options.setCleanStart(true);
            open.connect(options).waitForCompletion(ANSWER_MILLIS);
        }
        return open;
    }

    @Override
    public void close() {
        MqttAsyncClient open = client;
        client = null;
        if (open != null) {
            try {
                open.disconnectForcibly(0, 200, open.isConnected());
                open.close(true);
            } catch (MqttException _) {
                // it was gone already
            }
        }
    }
}
