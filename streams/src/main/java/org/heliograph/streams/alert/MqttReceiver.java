package org.heliograph.streams.alert;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttToken;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
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

    /** Reason codes of a PUBACK from here on are failures: the broker takes the packet and drops what is in it. */
    private static final int FAILURE = 0x80;

    private static final int NOT_AUTHORIZED = 0x87;

    private static final Pattern NOT_OF_A_LEVEL = Pattern.compile("[^A-Za-z0-9._-]+");

    /** A broker that has taken nothing on so many connections, of half a minute, forbids it; before, it may not be ready yet. */
    static final int MOST_IN_VAIN = 8;

    /** So many ends are remembered that weren't taken; the oldest go first. */
    private static final int MOST_OWED = 1_000;

    /** After so many refusals what was refused before is left for the next minute: each costs a way to the broker and back. */
    private static final int MOST_OFFERED_IN_VAIN = 20;

    private final AlertSettings.Mqtt settings;

    /** Ends that the broker hasn't taken, by topic: what it has retained may still say that they stand. */
    private final Map<String, Alert> owed = new LinkedHashMap<>();

    /** What stands and the broker hasn't taken on this connection. */
    private final Set<Alert> unwanted = new LinkedHashSet<>();

    private @Nullable MqttClient client;

    /** Whether the broker has taken any alert on this connection. */
    private boolean takesSome;

    /** Connections since then on which it has taken none. */
    private int inVain;

    MqttReceiver(AlertSettings.Mqtt settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "mqtt";
    }

    @Override
    public boolean owesEnds() {
        return !owed.isEmpty();
    }

    @Override
    public void recall(Collection<Alert> ends) {
        ends.forEach(this::keep);
    }

    @Override
    public Outcome tell(List<Alert> news, Collection<Alert> standing) {
        Map<Alert, Integer> dropped = new LinkedHashMap<>();
        try {
            MqttClient connected = client;
            if (connected == null || !connected.isConnected()) {
                close();
                connected = connect();
                client = connected;
                takesSome = false;
                unwanted.clear();
                standing.forEach(alert -> owed.remove(topic(alert)));
                publish(
                        connected,
                        List.copyOf(owed.values()),
                        new LinkedHashMap<>()); // their refusal was told of before
                publish(connected, standing, dropped);
            } else if (news.isEmpty()) {
                unwanted.retainAll(new HashSet<>(standing));
                offerAgain(connected, owed.values());
                offerAgain(connected, unwanted);
            }
            publish(connected, news, dropped);
            return outcome(dropped);
        } catch (MqttException e) {
            close();
            String cause = e.getCause() == null ? "" : ": " + e.getCause().getMessage();
            return new Outcome.Away("reason " + e.getReasonCode() + " " + e.getMessage() + cause);
        } catch (IOException | GeneralSecurityException e) {
            close();
            return new Outcome.Away(e.toString());
        }
    }

    /**
     * A broker that takes none lets this client publish no alerts, or not yet: all are kept for a while. One that takes others
     * drops those of a site that isn't among this client's topics, which mustn't keep the others back, be it the only site
     * that has any at first.
     */
    private Outcome outcome(Map<Alert, Integer> dropped) {
        if (dropped.isEmpty()) {
            return new Outcome.Told();
        }
        Map.Entry<Alert, Integer> first = dropped.entrySet().iterator().next();
        String reason = "the broker refuses " + topic(first.getKey()) + ": " + meaning(first.getValue());
        if (takesSome) {
            return new Outcome.Refused(List.copyOf(dropped.keySet()), reason);
        }
        close(); // the next connection says what stands
        inVain++;
        return inVain < MOST_IN_VAIN
                ? new Outcome.Away(reason)
                : new Outcome.Refused(List.copyOf(dropped.keySet()), reason, true);
    }

    private static String meaning(int reasonCode) {
        String code = String.format("0x%02X", reasonCode);
        return reasonCode == NOT_AUTHORIZED ? "not authorized (" + code + ")" : "reason " + code;
    }

    private void publish(MqttClient client, Collection<Alert> alerts, Map<Alert, Integer> dropped)
            throws MqttException {
        for (Alert alert : alerts) {
            int reasonCode = publish(client, alert);
            if (reasonCode >= FAILURE) {
                dropped.put(alert, reasonCode);
                keep(alert);
            } else {
                owed.remove(topic(alert));
                unwanted.remove(alert);
                takesSome = true;
                inVain = 0;
            }
        }
    }

    /** Whoever mends a broker's list of rights ends no connection by that. */
    private void offerAgain(MqttClient client, Collection<Alert> refused) throws MqttException {
        Map<Alert, Integer> inVain = new LinkedHashMap<>(); // of which was told before
        for (Alert alert : List.copyOf(refused)) {
            if (inVain.size() == MOST_OFFERED_IN_VAIN) {
                return;
            }
            publish(client, List.of(alert), inVain);
        }
    }

    /** As the last one to be offered again. */
    private void keep(Alert alert) {
        owed.remove(topic(alert));
        if (alert.getState() == AlertState.CLEARED) {
            owed.put(topic(alert), alert);
            if (owed.size() > MOST_OWED) {
                owed.remove(owed.keySet().iterator().next());
            }
        } else {
            unwanted.remove(alert);
            unwanted.add(alert);
        }
    }

    /** The broker's reason code; that nobody has subscribed is none of failure, since it keeps the message. */
    private static int publish(MqttClient client, Alert alert) throws MqttException {
        MqttMessage message = new MqttMessage(AlertJson.of(alert).getBytes(StandardCharsets.UTF_8));
        message.setQos(1);
        message.setRetained(true);
        MqttToken sent = client.getTopic(topic(alert)).publish(message);
        sent.waitForCompletion(ANSWER_MILLIS);
        int[] reasons = sent.getReasonCodes();
        return reasons == null ? 0 : Arrays.stream(reasons).max().orElse(0);
    }

    static String topic(Alert alert) {
        String device = alert.getDevice().isEmpty() ? "-" : level(alert.getDevice());
        return "hg/" + level(alert.getSite()) + "/alerts/" + device + "/" + level(alert.getRule());
    }

    /** An agent may have any name; a level of a topic may not. No two names have the same. */
    private static String level(String name) {
        return NOT_OF_A_LEVEL.matcher(name).replaceAll(found -> {
            StringBuilder escaped = new StringBuilder();
            for (byte each : found.group().getBytes(StandardCharsets.UTF_8)) {
                escaped.append(String.format("%%%02X", each));
            }
            return escaped.toString();
        });
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
