package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.heliograph.telemetry.security.Tls;

/** A certificate authority in a folder, made by the JDK's keytool. */
final class TestAuthority {
    private static final String PASSWORD = "changeit";

    private final Path folder;
    private final Path store;
    private final Path ca;

    TestAuthority(Path folder) throws Exception {
        this.folder = Files.createDirectories(folder);
        this.store = folder.resolve("store.p12");
        keytool("ca", "-ext", "bc:c", "-dname", "CN=ca");
        this.ca = pem("ca", "CERTIFICATE", List.of(keys().getCertificate("ca").getEncoded()));
    }

    /** @param options of keytool, such as {@code -dname} and {@code -ext} */
    Tls issue(String alias, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("-signer", "ca"));
        keytool(alias, all.toArray(new String[0]));
        List<byte[]> chain = new ArrayList<>();
        for (Certificate certificate : keys().getCertificateChain(alias)) {
            chain.add(certificate.getEncoded());
        }
        return new Tls(
                ca,
                pem(alias, "CERTIFICATE", chain),
                pem(
                        alias,
                        "PRIVATE KEY",
                        List.of(keys().getKey(alias, PASSWORD.toCharArray()).getEncoded())));
    }

    private KeyStore keys() throws Exception {
        return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    }

    private void keytool(String alias, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-alias",
                alias,
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString()));
        command.addAll(List.of(options));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private Path pem(String alias, String kind, List<byte[]> ders) throws IOException {
        StringBuilder text = new StringBuilder();
        for (byte[] der : ders) {
            text.append("-----BEGIN ").append(kind).append("-----\n");
            text.append(Base64.getMimeEncoder().encodeToString(der));
            text.append("\n-----END ").append(kind).append("-----\n");
        }
        return Files.writeString(folder.resolve(alias + "-" + kind.replace(' ', '-') + ".pem"), text);
    }
}
