package org.heliograph.agent.source.mqtt;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.internal.NetworkModule;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.telemetry.security.Tls;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** MQTT 5, by Paho. */
final class Mqtt5Link implements Link {
    private static final Logger log = LoggerFactory.getLogger(Mqtt5Link.class);

    private final AgentConfig.Mqtt config;
    private final int receiveMaximum;
    private final int keepAliveSeconds;
    private final MqttAsyncClient client;

    /** A broker that may not have the last notice isn't told farewell: it publishes the will instead, which says the same. */
    private volatile boolean unconfirmed;

    Mqtt5Link(AgentConfig.Mqtt config, int receiveMaximum, int keepAliveSeconds) throws LinkException {
        this.config = config;
        this.receiveMaximum = receiveMaximum;
        this.keepAliveSeconds = keepAliveSeconds;
        try {
            client = new Client(config);
        } catch (MqttException e) {
            throw failure(e);
        }
    }

    @Override
    public Accepted connect(@Nullable Notice will, Listener listener) throws LinkException {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(config.isClean());
        options.setSessionExpiryInterval(
                config.isClean() ? 0 : config.sessionExpiry().toSeconds());
        options.setReceiveMaximum(receiveMaximum);
        options.setMaximumPacketSize((long) PACKET_BYTES_MAX);
        options.setAutomaticReconnect(false);
        options.setConnectionTimeout(CONNECT_SECONDS);
        options.setKeepAliveInterval(keepAliveSeconds);
        if (will != null) {
            options.setWill(will.topic(), message(will));
        }
        client.setManualAcks(true);
        client.setCallback(new Callback(listener));
        try {
            identify(options);
            IMqttToken connected = client.connect(options);
            connected.waitForCompletion(ANSWER_MILLIS);
            return new Accepted(connected.getSessionPresent(), keepsFor(connected.getResponseProperties()));
        } catch (MqttException e) {
            throw new LinkException(unconnected(e, will != null), e);
        }
    }

    private static Optional<Duration> keepsFor(@Nullable MqttProperties answered) {
        return Optional.ofNullable(answered)
                .map(MqttProperties::getSessionExpiryInterval)
                .map(Duration::ofSeconds);
    }

    /** Read anew for each connection: a password or certificate that was renewed is taken up. */
    private void identify(MqttConnectionOptions options) throws LinkException {
        AgentConfig.Login login = config.login();
        Tls tls = config.tls();
        try {
            if (login != null) {
                options.setUserName(login.user());
                options.setPassword(login.password().read());
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
        MqttSubscription[] subscriptions =
                filters.stream().map(Mqtt5Link::subscription).toArray(MqttSubscription[]::new);
        try {
            IMqttToken subscribed = client.subscribe(subscriptions);
            subscribed.waitForCompletion(ANSWER_MILLIS);
            return Granted.of(filters, subscribed.getReasonCodes());
        } catch (MqttException e) {
            throw failure(e);
        }
    }

    private static MqttSubscription subscription(String topic) {
        MqttSubscription subscription = new MqttSubscription(topic, QOS);
        // retained messages only when the subscription is new, not at every reconnection
        subscription.setRetainHandling(1);
        return subscription;
    }

    @Override
    public List<String> unsubscribe(List<String> filters) throws LinkException {
        try {
            IMqttToken unsubscribed = client.unsubscribe(filters.toArray(String[]::new));
            unsubscribed.waitForCompletion(ANSWER_MILLIS);
            return Link.answered(filters, unsubscribed.getReasonCodes(), code -> code >= FAILURE);
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
            IMqttToken published = client.publish(notice.topic(), message(notice));
            if (isConfirmed) {
                published.waitForCompletion(withinMillis);
                unconfirmed = false;
            }
            int[] codes = published.getReasonCodes();
            return codes == null || Arrays.stream(codes).allMatch(code -> code < FAILURE);
        } catch (MqttException e) {
            throw failure(e);
        }
    }

    @Override
    public void acknowledge(Message message) {
        try {
            client.messageArrivedComplete(message.id(), message.qos());
        } catch (MqttException | RuntimeException e) {
            // the connection is gone (Paho may even answer with a null pointer then); the message comes again
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

    private static MqttMessage message(Notice notice) {
        MqttMessage message = new MqttMessage(notice.payload());
        message.setQos(notice.qos());
        message.setRetained(notice.retained());
        return message;
    }

    private LinkException failure(MqttException e) {
        return new LinkException(reason(e), e);
    }

    private String unconnected(MqttException e, boolean isHost) {
        if (HangUp.isOne(e.getCause())) {
            return HangUp.unanswered(config);
        }
        if (e.getReasonCode() == MqttException.REASON_CODE_MALFORMED_PACKET) {
            return reason(e) + ": what answers there speaks no MQTT. Look at url (does this port want TLS, ssl://?)";
        }
        return isHost ? refused(e) : reason(e);
    }

    /** Why the broker doesn't take a host, whose state it couldn't have either: its will is one. */
    private String refused(MqttException e) {
        return switch (e.getReasonCode()) {
            case ReasonCode.RETAIN_NOT_SUPPORTED -> e.getReasonCode() + " " + ReasonCode.meaning(e.getReasonCode());
            // of what a broker may answer, Paho knows all but this
            case MqttException.REASON_CODE_INVALID_RETURN_CODE ->
                reason(e) + ", most likely " + ReasonCode.meaning(ReasonCode.QOS_NOT_SUPPORTED);
            default -> reason(e);
        };
    }

    private String reason(MqttException e) {
        Throwable cause = e.getCause();
        if (cause == null) {
            return e.getReasonCode() + " " + e.getMessage();
        }
        return HangUp.isOne(cause) ? HangUp.unexplained(config) : cause.toString();
    }

    private static String ended(MqttDisconnectResponse response) {
        int code = response.getReturnCode() & 0xFF;
        String said = response.getReasonString();
        return "the broker has ended the connection: " + code + " " + ReasonCode.meaning(code)
                + (said == null || said.isEmpty() ? "" : ": " + said);
    }

    /** Paho's, but for what it reads. */
    private static final class Client extends MqttAsyncClient {
        Client(AgentConfig.Mqtt config) throws MqttException {
            super(config.url(), config.clientId(), new MemoryPersistence());
        }

        @Override
        protected NetworkModule[] createNetworkModules(String address, MqttConnectionOptions options)
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
            return PacketGuard.ending(connection.getInputStream());
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
            MqttProperties properties = message.getProperties();
            listener.arrived(new Message(
                    topic,
                    message.getPayload(),
                    message.getId(),
                    message.getQos(),
                    message.isRetained(),
                    message.isDuplicate(),
                    properties == null ? null : properties.getContentType()));
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {
            MqttException cause = response.getException();
            listener.lost(cause != null ? reason(cause) : ended(response));
        }

        @Override
        public void mqttErrorOccurred(MqttException e) {
            log.debug("mqtt=error url={} reason={}", config.url(), reason(e));
        }

        @Override
        public void deliveryComplete(IMqttToken token) {
            // nobody waits for what it publishes
        }

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {
            // connect() waits for the answer itself
        }

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {
            // no extended authentication
        }
    }
}
