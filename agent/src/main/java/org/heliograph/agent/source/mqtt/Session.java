package org.heliograph.agent.source.mqtt;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.senml.SenmlDecoder;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.security.Tls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a broker, with a client of its own: an acknowledgement that comes after the connection is lost goes
 * to that connection's client, and so to nobody, while the broker brings the message again on the next one.
 */
final class Session implements MqttCallback, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Session.class);

    private static final int QOS = 1;
    private static final int CONNECT_SECONDS = 10;
    private static final int KEEP_ALIVE_SECONDS = 30;
    private static final long ANSWER_MILLIS = 15_000;
    private static final long DISCONNECT_MILLIS = 500;
    private static final long RETRY_FULL_MILLIS = 500;

    /**
     * A broker doesn't send what is larger, but drops it. Above what is accepted, so that a body that is only somewhat too
     * large is a dead letter; not far above, as it is what each message under way may hold of a small heap.
     */
    static final int PACKET_BYTES_MAX = 2 * SenmlDecoder.BODY_BYTES_MAX;

    /** Reason codes of a SUBACK from here on are failures. */
    private static final int FAILURE = 0x80;

    private final AgentConfig.Mqtt config;
    private final String site;
    private final Intake intake;
    private final InstantSource clock;
    private final int receiveMaximum;
    private final SenmlDecoder decoder = new SenmlDecoder();
    private final MqttAsyncClient client;
    private final BlockingQueue<String> losses = new LinkedBlockingQueue<>();

    /**
     * Acknowledges, away from the journal's thread. What it has to do is bounded by the receive maximum: a broker sends
     * no more before it is answered.
     */
    private final ScheduledThreadPoolExecutor answers = new ScheduledThreadPoolExecutor(
            1, Thread.ofVirtual().name("mqtt answers").factory());

    Session(AgentConfig.Mqtt config, String site, Intake intake, InstantSource clock, long bytesUnderWayMax)
            throws MqttException {
        this.config = config;
        this.site = site;
        this.intake = intake;
        this.clock = clock;
        this.receiveMaximum = Math.clamp(bytesUnderWayMax / PACKET_BYTES_MAX, 1, config.receiveMaximum());
        this.client = new MqttAsyncClient(config.url(), config.clientId(), new MemoryPersistence());
        answers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    List<String> topics() {
        return config.topics().isEmpty() ? List.of(SenmlTopic.filter(site)) : config.topics();
    }

    /** Connects and subscribes, or throws. Messages of an earlier session may come before this returns. */
    void open() throws MqttException {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(false);
        options.setSessionExpiryInterval(config.sessionExpiry().toSeconds());
        options.setReceiveMaximum(receiveMaximum);
        options.setMaximumPacketSize((long) PACKET_BYTES_MAX);
        options.setAutomaticReconnect(false);
        options.setConnectionTimeout(CONNECT_SECONDS);
        options.setKeepAliveInterval(KEEP_ALIVE_SECONDS);
        identify(options);
        client.setManualAcks(true);
        client.setCallback(this);
        client.connect(options).waitForCompletion(ANSWER_MILLIS);
        MqttSubscription[] subscriptions =
                topics().stream().map(Session::subscription).toArray(MqttSubscription[]::new);
        IMqttToken subscribed = client.subscribe(subscriptions);
        subscribed.waitForCompletion(ANSWER_MILLIS);
        int[] codes = subscribed.getReasonCodes();
        if (codes != null && Arrays.stream(codes).anyMatch(code -> code >= FAILURE)) {
            throw new MqttException(
                    new IllegalStateException("the broker refuses the subscription, codes " + Arrays.toString(codes)));
        }
    }

    /** Read anew for each connection: a password or certificate that was renewed is taken up. */
    private void identify(MqttConnectionOptions options) throws MqttException {
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
            throw new MqttException(e);
        }
    }

    private static MqttSubscription subscription(String topic) {
        MqttSubscription subscription = new MqttSubscription(topic, QOS);
        // retained messages only when the subscription is new, not at every reconnection
        subscription.setRetainHandling(1);
        return subscription;
    }

    /** Waits until the connection is lost, and says why. */
    String awaitLoss() throws InterruptedException {
        return losses.take();
    }

    @Override
    public void close() {
        answers.shutdown();
        try {
            client.disconnectForcibly(0, DISCONNECT_MILLIS, client.isConnected());
        } catch (MqttException e) {
            log.debug("mqtt=disconnect-failed url={} reason={}", config.url(), MqttSource.reason(e));
        }
        try {
            client.close(true);
        } catch (MqttException e) {
            log.debug("mqtt=close-failed url={} reason={}", config.url(), MqttSource.reason(e));
        }
    }

    /** On Paho's callback thread, which has to be free again soon: pings wait behind it. Nothing may be thrown here. */
    @Override
    public void messageArrived(String topic, MqttMessage message) {
        Optional<DeviceId> device = SenmlTopic.device(topic);
        Arrival arrival =
                new Arrival(topic, device.filter(this::isOurs).orElse(null), message.getPayload(), clock.instant());
        try {
            if (device.isEmpty()) {
                handIn(message, () -> intake.refuse("the topic is not hg/{site}/{device}/senml", arrival));
            } else if (!isOurs(device.get())) {
                handIn(
                        message,
                        () -> intake.refuse(
                                "the topic is of site '" + device.get().site() + "', not '" + site + "'", arrival));
            } else {
                switch (decoder.decode(arrival.payload(), device.get(), arrival.at())) {
                    case Decoded.Accepted accepted ->
                        handIn(message, () -> intake.offer(accepted.readings().getFirst(), accepted.stamp(), arrival));
                    case Decoded.Refused refused -> handIn(message, () -> intake.refuse(refused.reason(), arrival));
                }
            }
        } catch (RuntimeException e) {
            log.error("mqtt=fault topic={} bytes={}", topic, message.getPayload().length, e);
            handIn(message, () -> intake.refuse("the agent failed on it: " + e, arrival));
        }
    }

    private boolean isOurs(DeviceId device) {
        return device.site().equals(site);
    }

    private void handIn(MqttMessage message, Supplier<CompletableFuture<Admission>> offer) {
        var _ = offer.get().whenComplete((admission, failure) -> {
            // no failure without an agent that is ending: the broker keeps the message
            if (failure == null && !answers.isShutdown()) {
                answers.execute(() -> answer(admission, message, offer));
            }
        });
    }

    private void answer(Admission admission, MqttMessage message, Supplier<CompletableFuture<Admission>> offer) {
        switch (admission) {
            case Admission.Kept _, Admission.Refused _ -> acknowledge(message);
            case Admission.Full _ -> {
                // At QoS 1 the broker waits, at most the receive maximum of messages. At QoS 0 the device has chosen
                // that it may be lost; the intake has counted it.
                if (message.getQos() >= QOS) {
                    var _ = answers.schedule(() -> handIn(message, offer), RETRY_FULL_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        }
    }

    private void acknowledge(MqttMessage message) {
        try {
            client.messageArrivedComplete(message.getId(), message.getQos());
        } catch (MqttException | RuntimeException e) {
            // the connection is gone (Paho may even answer with a null pointer then); the message comes again
            log.debug("mqtt=unacknowledged url={} id={} reason={}", config.url(), message.getId(), e.toString());
        }
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
        MqttException cause = response.getException();
        losses.add(cause != null ? MqttSource.reason(cause) : "disconnected: " + response.getReasonString());
    }

    @Override
    public void mqttErrorOccurred(MqttException e) {
        log.debug("mqtt=error url={} reason={}", config.url(), MqttSource.reason(e));
    }

    @Override
    public void deliveryComplete(IMqttToken token) {
        // it publishes nothing
    }

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {
        // open() waits for the answer itself
    }

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {
        // no extended authentication
    }
}
