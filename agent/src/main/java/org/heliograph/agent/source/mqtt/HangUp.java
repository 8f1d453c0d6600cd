package org.heliograph.agent.source.mqtt;

import java.io.EOFException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.heliograph.agent.config.AgentConfig;
import org.jspecify.annotations.Nullable;

/**
 * What may be behind a connection that a broker closes without a word: it should say why, in MQTT 5, and often does not; in
 * 3.1.1 it has few words for it. The operator gets the settings to look at instead of the end of a stream.
 */
final class HangUp {
    private HangUp() {}

    /** @param cause what the client found on the network */
    static boolean isOne(@Nullable Throwable cause) {
        return cause instanceof EOFException
                || (cause instanceof SocketException socket && isReset(socket))
                || (cause instanceof SSLException tls && isOne(tls.getCause()));
    }

    /** A connection that is closed with something unread in it, or while something is written. */
    private static boolean isReset(SocketException e) {
        String message = String.valueOf(e.getMessage());
        return message.startsWith("Connection reset") || message.startsWith("Broken pipe");
    }

    /** Instead of an answer to the client's first packet. */
    static String unanswered(AgentConfig.Mqtt config) {
        List<String> settings = new ArrayList<>();
        if (config.sparkplug() != null && config.sparkplug().host() != null) {
            settings.add("sparkplug.host (does it take a will that is retained and of QoS 1?)");
        }
        if (config.url().startsWith("tcp:")) {
            settings.add("url (does this port want TLS, ssl://?)");
        } else {
            settings.add("url (does this port want no TLS, tcp://?)");
            settings.add("tls (does it want another certificate of the client?)");
        }
        if (config.protocol() == AgentConfig.Protocol.V5) {
            settings.add("protocol (does it speak MQTT 5?)");
        }
        settings.add("clientId and user (may this client connect, and is there room for one more?)");
        return "the broker closed the connection without an answer: its log may say why. Settings to look at: "
                + String.join(", ", settings);
    }

    /** Of a connection that it had accepted. */
    static String unexplained(AgentConfig.Mqtt config) {
        return "the broker closed the connection without saying why: it has ended, or another client connects as '"
                + config.clientId() + "' (clientId), or this one may not subscribe to a topic";
    }
}
