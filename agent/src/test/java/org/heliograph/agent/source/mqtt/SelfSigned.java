package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import org.heliograph.telemetry.security.Tls;

/** A key that signed its own certificate, for a broker at an address, and as its client. */
public final class SelfSigned {
    private SelfSigned() {}

    static Tls tls(Path folder, String address) throws Exception {
        return tls(folder, address, "EC");
    }

    /** @param algorithm as keytool calls it */
    public static Tls tls(Path folder, String address, String algorithm) throws Exception {
        Path store = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        algorithm,
                        "-alias",
                        "a",
                        "-dname",
                        "CN=test",
                        "-ext",
                        "san=ip:" + address,
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        store.toString())
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        Path certificate = pem(folder, "CERTIFICATE", keys.getCertificate("a").getEncoded());
        Path key = pem(
                folder,
                "PRIVATE KEY",
                keys.getKey("a", "changeit".toCharArray()).getEncoded());
        return new Tls(certificate, certificate, key);
    }

    private static Path pem(Path folder, String kind, byte[] der) throws IOException {
        String text = "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END "
                + kind + "-----\n";
        return Files.writeString(folder.resolve(kind + ".pem"), text);
    }
}
