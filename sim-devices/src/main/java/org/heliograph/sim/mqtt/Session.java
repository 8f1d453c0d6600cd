package org.heliograph.sim.mqtt;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.heliograph.telemetry.security.Tls;
import org.jspecify.annotations.Nullable;

/** One MQTT 5 connection, from its connect to its end. */
final class Session implements AutoCloseable, MqttCallback {
    private static final long CONNECT_MILLIS = 10_000;
    private static final long DISCONNECT_MILLIS = 1_000;
    private static final int KEEP_ALIVE_SECONDS = 20;
    private static final int MOST_IN_FLIGHT = 64;
    private static final int RECEIVE_MAXIMUM_OF_MQTT = 65_535;

    private final Line line;
    private final MqttAsyncClient client;
    private int window = 1;
    private volatile boolean up;

    private Session(MqttAsyncClient client, Line line) {
        this.client = client;
        this.line = line;
    }

    /** Password and certificates are read anew for each connection: renewed ones are taken up. */
    static Session open(MqttBroker broker, String clientId, Line line)
            throws MqttException, IOException, GeneralSecurityException {
        MqttConnectionOptions options = options(broker);
        MqttAsyncClient client = new MqttAsyncClient(broker.url(), clientId, new MemoryPersistence());
        Session session = new Session(client, line);
        client.setCallback(session);
        try {
            IMqttToken connected = client.connect(options);
            session.up = true;
            connected.waitForCompletion(CONNECT_MILLIS);
            session.window = window(connected.getResponseProperties());
            return session;
        } catch (MqttException e) {
            session.close();
            throw e;
        }
    }

    private static MqttConnectionOptions options(MqttBroker broker) throws IOException, GeneralSecurityException {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(true);
        options.setAutomaticReconnect(false);
        options.setKeepAliveInterval(KEEP_ALIVE_SECONDS);
        MqttBroker.Login login = broker.login();
        if (login != null) {
            options.setUserName(login.user());
            options.setPassword(login.password().read());
        }
        Tls tls = broker.tls();
        if (tls != null) {
            options.setSocketFactory(tls.context().getSocketFactory());
        }
        return options;
    }

    /** How many packs may be unconfirmed at a time: the broker refuses a client that exceeds its receive maximum. */
    int window() {
        return window;
    }

    private static int window(@Nullable MqttProperties properties) {
        Integer receiveMaximum = properties == null ? null : properties.getReceiveMaximum();
        return Math.min(MOST_IN_FLIGHT, receiveMaximum == null ? RECEIVE_MAXIMUM_OF_MQTT : receiveMaximum);
    }

    boolean isUp() {
        return up;
    }

    void publish(Line.Outgoing pack) throws MqttException {
        client.publish(pack.topic, pack.payload, 1, false, pack, new MqttActionListener() {
            @Override
            public void onSuccess(IMqttToken token) {
                int[] reasons = token.getReasonCodes();
                line.answered(
                        pack, reasons == null ? 0 : Arrays.stream(reasons).max().orElse(0));
            }

            @Override
            public void onFailure(IMqttToken token, Throwable cause) {
                down();
            }
        });
    }

    private void down() {
        up = false;
        line.interrupted();
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
        down();
    }

    @Override
    public void mqttErrorOccurred(MqttException exception) {
        down();
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        // subscribes to nothing
    }

    @Override
    public void deliveryComplete(IMqttToken token) {
        // each publication has its own listener
    }

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {
        // open() waits for the connect itself
    }

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {
        // no enhanced authentication
    }

    @Override
    public void close() {
        up = false;
        try {
            if (client.isConnected()) {
                client.disconnect().waitForCompletion(DISCONNECT_MILLIS);
            }
        } catch (MqttException _) {
            // it was on its way down anyway
        }
        try {
            client.disconnectForcibly(0, DISCONNECT_MILLIS, false);
        } catch (MqttException _) {
            // not connected
        }
        try {
            client.close(true);
        } catch (MqttException _) {
            // its threads end with it
        }
    }
}
