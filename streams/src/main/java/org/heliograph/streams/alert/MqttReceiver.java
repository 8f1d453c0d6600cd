package org.heliograph.streams.alert;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Collection;
import java.util.List;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.heliograph.telemetry.wire.v1.Alert;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the newest state of each alert as a retained message on {@code hg/{site}/alerts/{device}/{rule}} (device
 * {@code -} for the site's own). Each connection is a new session, and says first what stands: a broker that was restarted
 * may have forgotten.
 */
final class MqttReceiver implements Receiver {
    private static final int CONNECT_SECONDS = 10;
    private static final long ANSWER_MILLIS = 10_000;
    private static final long DISCONNECT_MILLIS = 500;

    private final AlertSettings.Mqtt settings;
    private @Nullable MqttClient client;

    MqttReceiver(AlertSettings.Mqtt settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "mqtt";
    }

    @Override
    public Outcome tell(List<Alert> news, Collection<Alert> standing) {
        try {
            MqttClient connected = client;
            if (connected == null || !connected.isConnected()) {
                close();
                connected = connect();
                client = connected;
                for (Alert alert : standing) {
                    publish(connected, alert);
                }
            }
            for (Alert alert : news) {
                publish(connected, alert);
            }
            return new Outcome.Told();
        } catch (MqttException e) {
            close();
            String cause = e.getCause() == null ? "" : ": " + e.getCause().getMessage();
            return new Outcome.Away("reason " + e.getReasonCode() + " " + e.getMessage() + cause);
        } catch (IOException | GeneralSecurityException e) {
            close();
            return new Outcome.Away(e.toString());
        }
    }

    private static void publish(MqttClient client, Alert alert) throws MqttException {
        client.publish(topic(alert), AlertJson.of(alert).getBytes(StandardCharsets.UTF_8), 1, true);
    }

    static String topic(Alert alert) {
        String device = alert.getDevice().isEmpty() ? "-" : level(alert.getDevice());
        return "hg/" + level(alert.getSite()) + "/alerts/" + device + "/" + level(alert.getRule());
    }

    /** An agent may have any name; a level of a topic may not. */
    private static String level(String name) {
        return name.replaceAll("[^A-Za-z0-9._-]", "_");
    }

    private MqttClient connect() throws MqttException, IOException, GeneralSecurityException {
        MqttClient made = new MqttClient(settings.url(), settings.clientId(), new MemoryPersistence());
        made.setTimeToWait(ANSWER_MILLIS);
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(true);
        options.setAutomaticReconnect(false);
        options.setConnectionTimeout(CONNECT_SECONDS);
        if (!settings.user().isEmpty()) {
            options.setUserName(settings.user());
        }
        if (settings.password().isPresent()) {
            options.setPassword(settings.password().get().read());
        }
        if (settings.tls().isPresent()) {
            options.setSocketFactory(settings.tls().get().context().getSocketFactory());
            options.setHttpsHostnameVerificationEnabled(true);
        }
        try {
            made.connect(options);
            return made;
        } catch (MqttException e) {
            made.close(true);
            throw e;
        }
    }

    @Override
    public void close() {
        MqttClient open = client;
        client = null;
        if (open != null) {
            try {
                open.disconnectForcibly(DISCONNECT_MILLIS, DISCONNECT_MILLIS);
            } catch (MqttException _) {
                // it is given up
            }
            try {
                open.close(true);
            } catch (MqttException _) {
                // and so are its threads
            }
        }
    }
}
