package org.heliograph.agent.source.mqtt;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.internal.NetworkModule;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.telemetry.security.Tls;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MQTT 3.1.1, by Paho. How many messages are under way, and how large they may be, is the broker's to limit: this version
 * of the protocol has no word for it.
 */
final class Mqtt3Link implements Link {
    private static final Logger log = LoggerFactory.getLogger(Mqtt3Link.class);

    private final AgentConfig.Mqtt config;
    private final int keepAliveSeconds;
    private final MqttAsyncClient client;

    /** A broker that may not have the last notice isn't told farewell: it publishes the will instead, which says the same. */
    private volatile boolean unconfirmed;

    Mqtt3Link(AgentConfig.Mqtt config, int keepAliveSeconds) throws LinkException {
        this.config = config;
        this.keepAliveSeconds = keepAliveSeconds;
        try {
            client = new Client(config);
        } catch (MqttException e) {
            throw failure(e);
        }
    }

    @Override
    public Accepted connect(@Nullable Notice will, Listener listener) throws LinkException {
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        options.setCleanSession(config.isClean());
        options.setAutomaticReconnect(false);
        options.setConnectionTimeout(CONNECT_SECONDS);
        options.setKeepAliveInterval(keepAliveSeconds);
        if (will != null) {
            options.setWill(will.topic(), will.payload(), will.qos(), will.retained());
        }
        client.setManualAcks(true);
        client.setCallback(new Callback(listener));
        try {
            identify(options);
            IMqttToken connected = client.connect(options);
            connected.waitForCompletion(ANSWER_MILLIS);
            return new Accepted(connected.getSessionPresent(), Optional.empty());
        } catch (MqttException e) {
            throw HangUp.isOne(e.getCause()) ? new LinkException(HangUp.unanswered(config), e) : failure(e);
        }
    }

    /** Read anew for each connection: a password or certificate that was renewed is taken up. */
    private void identify(MqttConnectOptions options) throws LinkException {
        AgentConfig.Login login = config.login();
        Tls tls = config.tls();
        try {
            if (login != null) {
                options.setUserName(login.user());
                options.setPassword(new String(login.password().read(), StandardCharsets.UTF_8).toCharArray());
            }
            if (tls != null) {
                options.setSocketFactory(tls.context().getSocketFactory());
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new LinkException(e.toString(), e);
        }
    }

    @Override
    public Granted subscribe(List<String> filters) throws LinkException {
        int[] qos = new int[filters.size()];
        Arrays.fill(qos, QOS);
        try {
            IMqttToken subscribed = client.subscribe(filters.toArray(String[]::new), qos);
            subscribed.waitForCompletion(ANSWER_MILLIS);
            return Granted.of(filters, subscribed.getGrantedQos());
        } catch (MqttException e) {
            throw failure(e);
        }
    }

    @Override
    public List<String> unsubscribe(List<String> filters) throws LinkException {
        try {
            client.unsubscribe(filters.toArray(String[]::new)).waitForCompletion(ANSWER_MILLIS);
            return List.of();
        } catch (MqttException e) {
            throw failure(e);
        }
    }

    @Override
    public boolean publish(Notice notice, long withinMillis) throws LinkException {
        try {
            boolean isConfirmed = notice.qos() > 0 && withinMillis > 0;
            if (isConfirmed) {
                unconfirmed = true;
            }
            IMqttToken published = client.publish(notice.topic(), notice.payload(), notice.qos(), notice.retained());
            if (isConfirmed) {
                published.waitForCompletion(withinMillis);
                unconfirmed = false;
            }
            return true;
        } catch (MqttException e) {
            throw failure(e);
        }
    }

    @Override
    public void acknowledge(Message message) {
        try {
            client.messageArrivedComplete(message.id(), message.qos());
        } catch (MqttException | RuntimeException e) {
            // the connection is gone; the message comes again
            log.debug("mqtt=unacknowledged url={} id={} reason={}", config.url(), message.id(), e.toString());
        }
    }

    @Override
    public void close() {
        try {
            client.disconnectForcibly(0, DISCONNECT_MILLIS, client.isConnected() && !unconfirmed);
        } catch (MqttException e) {
            log.debug("mqtt=disconnect-failed url={} reason={}", config.url(), reason(e));
        }
        try {
            client.close(true);
        } catch (MqttException e) {
            log.debug("mqtt=close-failed url={} reason={}", config.url(), reason(e));
        }
    }

    private LinkException failure(MqttException e) {
        return new LinkException(reason(e), e);
    }

    private String reason(Throwable e) {
        Throwable cause = e.getCause();
        if (cause == null) {
            return e instanceof MqttException mqtt ? mqtt.getReasonCode() + " " + mqtt.getMessage() : e.toString();
        }
        return HangUp.isOne(cause) ? HangUp.unexplained(config) : cause.toString();
    }

    /** Paho's, but for what it reads. */
    private static final class Client extends MqttAsyncClient {
        Client(AgentConfig.Mqtt config) throws MqttException {
            super(config.url(), config.clientId(), new MemoryPersistence());
        }

        @Override
        protected NetworkModule[] createNetworkModules(String address, MqttConnectOptions options)
                throws MqttException {
            return Arrays.stream(super.createNetworkModules(address, options))
                    .map(Guarded::new)
                    .toArray(NetworkModule[]::new);
        }
    }

    /** With or without TLS. */
    private record Guarded(NetworkModule connection) implements NetworkModule {
        @Override
        public void start() throws IOException, MqttException {
            connection.start();
            Waking.start(Thread.currentThread());
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return PacketGuard.cutting(connection.getInputStream());
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return connection.getOutputStream();
        }

        @Override
        public void stop() throws IOException {
            connection.stop();
        }

        @Override
        public String getServerURI() {
            return connection.getServerURI();
        }
    }

    private final class Callback implements MqttCallback {
        private final Listener listener;

        Callback(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            listener.arrived(new Message(
                    topic,
                    message.getPayload(),
                    message.getId(),
                    message.getQos(),
                    message.isRetained(),
                    message.isDuplicate(),
                    null));
        }

        @Override
        public void connectionLost(@Nullable Throwable cause) {
            listener.lost(cause == null ? "disconnected" : reason(cause));
        }

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {
            // nobody waits for what it publishes
        }
    }
}
