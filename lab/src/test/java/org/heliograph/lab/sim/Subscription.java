package org.heliograph.lab.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.senml.SenmlDecoder;
import org.heliograph.lab.server.Subscriber;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;

/** A lasting session at the broker, and what the agent's decoder makes of the packs that arrive in it. */
final class Subscription implements Subscriber, AutoCloseable {
    private final MqttClient client;
    private final SenmlDecoder decoder = new SenmlDecoder();
    private final Map<String, NavigableMap<Instant, Long>> registers = new ConcurrentHashMap<>();
    private final Queue<Instant> moments = new ConcurrentLinkedQueue<>();
    private final Map<String, String> refused = new ConcurrentHashMap<>();
    private final Semaphore arrivals = new Semaphore(0);

    Subscription(String uri) throws MqttException {
        client = new MqttClient(uri, "subscriber", new MemoryPersistence());
        client.setCallback(this);
    }

    Subscription connect() throws MqttException {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(false);
        options.setSessionExpiryInterval(3_600L);
        client.connect(options);
        client.subscribe("hg/casa1/+/senml", 1);
        return this;
    }

    /** The broker keeps what comes until the next connect. */
    void leave() throws MqttException {
        client.disconnect();
    }

    /** Samples of a register, in millijoules. */
    NavigableMap<Instant, Long> register(String device, Point point) {
        return registers.computeIfAbsent(device + "/" + point.label(), _ -> new ConcurrentSkipListMap<>());
    }

    /** When each sample was read, in the order in which they came. */
    List<Instant> moments() {
        return List.copyOf(moments);
    }

    Map<String, String> refused() {
        return refused;
    }

    /** Waits until that many samples of a register are there. */
    void await(String device, Point point, int samples) throws InterruptedException {
        while (register(device, point).size() < samples) {
            assertThat(arrivals.tryAcquire(2, TimeUnit.MINUTES))
                    .as(
                            "%d samples of %s, not %d",
                            samples, device, register(device, point).size())
                    .isTrue();
        }
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        String device = topic.split("/", -1)[2];
        switch (decoder.decode(message.getPayload(), new DeviceId("casa1", device), Instant.now())) {
            case Decoded.Refused no -> refused.put(device, no.reason());
            case Decoded.Accepted pack ->
                pack.readings().getFirst().series().forEach(series -> {
                    if (series instanceof Series.Register register) {
                        for (int i = 0; i < register.size(); i++) {
                            moments.add(Instant.ofEpochMilli(register.timeMillis(i)));
                            register(device, register.point())
                                    .put(Instant.ofEpochMilli(register.timeMillis(i)), register.millijoules(i));
                        }
                    }
                });
        }
        arrivals.release();
    }

    @Override
    public void close() throws MqttException {
        if (client.isConnected()) {
            client.disconnect();
        }
        client.close();
    }
}
