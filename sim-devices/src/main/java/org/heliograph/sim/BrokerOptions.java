package org.heliograph.sim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.heliograph.sim.mqtt.MqttBroker;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.security.Tls;
import org.heliograph.telemetry.yaml.Address;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The MQTT broker, and who the devices are to it. */
final class BrokerOptions {
    @Option(
            names = "--mqtt",
            required = true,
            paramLabel = "URL",
            description = "MQTT broker, tcp://host:port, or ssl://host:port for TLS")
    private String url = "";

    @Option(names = "--mqtt-user", paramLabel = "NAME", description = "user name of the devices at the broker")
    private @Nullable String user;

    @Option(names = "--mqtt-password-file", paramLabel = "FILE", description = "file with that user's password")
    private @Nullable Path password;

    @Option(
            names = "--mqtt-ca",
            paramLabel = "FILE",
            description = "certificate authorities of the broker, PEM (default: the machine's own)")
    private @Nullable Path ca;

    @Option(
            names = "--mqtt-certificate",
            paramLabel = "FILE",
            description = "certificate of the devices, if the broker asks for one, PEM")
    private @Nullable Path certificate;

    @Option(names = "--mqtt-key", paramLabel = "FILE", description = "key of that certificate, PKCS#8 PEM, unencrypted")
    private @Nullable Path key;

    /** @throws IllegalArgumentException with a sentence, if that makes no broker */
    MqttBroker broker() {
        String address = address();
        return new MqttBroker(address, login(), tls(address.startsWith("ssl://")));
    }

    private String address() {
        try {
            return Address.mqtt(url);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--mqtt: " + e.getMessage(), e);
        }
    }

    private MqttBroker.@Nullable Login login() {
        if (user == null && password == null) {
            return null;
        }
        if (user == null || password == null) {
            throw new IllegalArgumentException("--mqtt-user and --mqtt-password-file go together");
        }
        requireReadable("--mqtt-password-file", password);
        return new MqttBroker.Login(user, new Secret.InFile(password));
    }

    private static void requireReadable(String option, @Nullable Path file) {
        if (file != null && (!Files.isReadable(file) || Files.isDirectory(file))) {
            throw new IllegalArgumentException(option + ": " + file + " is no file that can be read");
        }
    }

    private @Nullable Tls tls(boolean secure) {
        if (ca == null && certificate == null && key == null) {
            return null;
        }
        if (!secure) {
            throw new IllegalArgumentException(
                    "--mqtt-ca, --mqtt-certificate and --mqtt-key are of no use with tcp://; make --mqtt ssl://");
        }
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("--mqtt-certificate and --mqtt-key go together");
        }
        requireReadable("--mqtt-ca", ca);
        requireReadable("--mqtt-certificate", certificate);
        requireReadable("--mqtt-key", key);
        Tls tls = new Tls(ca, certificate, key);
        try {
            tls.context();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "--mqtt-ca, --mqtt-certificate or --mqtt-key: can't be used: " + e.getMessage(), e);
        }
        return tls;
    }
}
