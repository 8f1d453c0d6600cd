package org.heliograph.lab.bench;

import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Takes messages with Paho, acknowledges and forgets them: what nothing on Paho can be faster than. */
final class BareMqttLoop implements MqttCallback {
    private static final int QOS = 1;

    private final AtomicLong taken = new AtomicLong();
    private final long warm;
    private final long all;

    private BareMqttLoop(long warm, long all) {
        this.warm = warm;
        this.all = all;
    }

    /** Takes a broker's URL, a topic, and after how many messages it says that it is warm, and that it is done. */
    public static void main(String[] arguments) throws Exception {
        BareMqttLoop loop = new BareMqttLoop(Long.parseLong(arguments[2]), Long.parseLong(arguments[3]));
        MqttAsyncClient client = new MqttAsyncClient(arguments[0], "bare-loop", new MemoryPersistence());
        client.setCallback(loop);
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setReceiveMaximum(1_000);
        client.connect(options).waitForCompletion();
        client.subscribe(arguments[1], QOS).waitForCompletion();
        System.out.println("ready");
        Thread.currentThread().join();
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        long now = taken.incrementAndGet();
        if (now == warm || now == all) {
            System.out.println("taken " + now);
        }
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
        System.out.println("disconnected " + response.getReasonString());
    }

    @Override
    public void mqttErrorOccurred(MqttException e) {
        System.out.println("error " + e);
    }

    @Override
    public void deliveryComplete(IMqttToken token) {
        // it publishes nothing
    }

    @Override
    public void connectComplete(boolean reconnect, String uri) {
        // main waits for it
    }

    @Override
    public void authPacketArrived(int code, MqttProperties properties) {
        // no extended authentication
    }
}
