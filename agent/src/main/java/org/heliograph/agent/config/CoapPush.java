package org.heliograph.agent.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.security.Tls;
import org.jspecify.annotations.Nullable;

/**
 * The agent's own CoAP server, for devices that push. At least one of its two ports is there.
 *
 * @param plain null for none
 * @param dtls null for none
 */
public record CoapPush(@Nullable Plain plain, @Nullable Dtls dtls, Rate rate) {

    /** Whom the configuration names. */
    public Set<String> devices() {
        Set<String> devices = new HashSet<>();
        if (plain != null) {
            devices.addAll(plain.devices().values());
        }
        if (dtls != null) {
            dtls.keys().values().forEach(psk -> devices.add(psk.device()));
            devices.addAll(dtls.subjects().values());
        }
        return devices;
    }

    /**
     * The port without encryption.
     *
     * @param devices who a device is by its address, which anyone on its network can forge
     * @param insecure whether any other address may speak for any device that isn't configured with a proof
     */
    public record Plain(InetSocketAddress listen, Map<InetAddress, String> devices, boolean insecure) {
        public Plain {
            devices = Map.copyOf(devices);
        }
    }

    /**
     * The port with DTLS 1.2.
     *
     * @param keys by the identity that a device gives
     * @param subjects devices by what their certificates say, as DNS name or common name
     * @param tls null where there are only keys
     */
    public record Dtls(
            InetSocketAddress listen,
            Map<String, Psk> keys,
            Map<String, String> subjects,
            @Nullable Tls tls) {
        public Dtls {
            keys = Map.copyOf(keys);
            subjects = Map.copyOf(subjects);
        }
    }

    /** The device that a key proves. */
    public record Psk(String device, Secret key) {}

    /**
     * What one device may send.
     *
     * @param messagesPerSecond in the long run; of a body in blocks, a KiB counts as a message
     * @param burst at once after a silence
     */
    public record Rate(int messagesPerSecond, int burst) {}
}
