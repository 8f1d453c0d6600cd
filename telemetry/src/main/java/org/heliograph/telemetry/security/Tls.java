package org.heliograph.telemetry.security;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.heliograph.telemetry.yaml.Section;
import org.jspecify.annotations.Nullable;

/**
 * Who is trusted, and who the agent is, in PEM files. They are read at each connection, so that renewed ones are taken up.
 *
 * @param ca authorities; null for the machine's own
 * @param certificate one's own, followed by its issuers; null for a client whose servers don't ask for it
 * @param key its private key, PKCS#8, unencrypted
 */
public record Tls(
        @Nullable Path ca,
        @Nullable Path certificate,
        @Nullable Path key) {
    private static final String FIELD = "tls";
    private static final byte[] PROOF = {1};
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /**
     * Reads a field {@code tls: {ca: ..., certificate: ..., key: ...}}, and sees whether the files can be used now.
     *
     * @return empty when the field is missing
     */
    public static Optional<Tls> of(Section section) {
        if (!section.has(FIELD)) {
            return Optional.empty();
        }
        Section part = section.section(FIELD);
        Tls tls = new Tls(path(part, "ca"), path(part, "certificate"), path(part, "key"));
        part.finish();
        if ((tls.certificate == null) != (tls.key == null)) {
            section.flaw(FIELD, "certificate and key go together");
            return Optional.of(tls);
        }
        tls.broken()
                .ifPresentOrElse(
                        message -> {
                            if (Stream.of(tls.ca, tls.certificate, tls.key)
                                    .allMatch(file -> file == null || Files.isReadable(file))) {
                                section.flaw(FIELD, message);
                            } else {
                                section.absent(FIELD, message);
                            }
                        },
                        // between two steps of a renewal: the other file may be on its way
                        () -> tls.misfit().ifPresent(message -> section.absent(FIELD, message)));
        return Optional.of(tls);
    }

    /** Why the files can't be used as they are now; empty when they can. */
    public Optional<String> trouble() {
        return broken().or(this::misfit);
    }

    private Optional<String> broken() {
        try {
            context();
            return Optional.empty();
        } catch (IOException | GeneralSecurityException e) {
            return Optional.of("can't be used: " + e);
        }
    }

    private Optional<String> misfit() {
        try {
            boolean fits = certificate == null
                    || key == null
                    || isPair(privateKey(key), x509(certificate).getFirst().getPublicKey());
            return fits
                    ? Optional.empty()
                    : Optional.of("can't be used: " + key + " isn't the key of the certificate in " + certificate);
        } catch (IOException | GeneralSecurityException e) {
            return Optional.of("can't be used: " + e);
        }
    }

    /** Whether what the one signs the other verifies: neither Java nor a library looks before a server refuses it. */
    public static boolean isPair(PrivateKey own, PublicKey shown) throws GeneralSecurityException {
        try {
            Signature signature = Signature.getInstance(
                    switch (own.getAlgorithm()) {
                        case "EC" -> "SHA256withECDSA";
                        case "RSA" -> "SHA256withRSA";
                        default -> own.getAlgorithm();
                    });
            signature.initSign(own);
            signature.update(PROOF);
            byte[] signed = signature.sign();
            signature.initVerify(shown);
            signature.update(PROOF);
            return signature.verify(signed);
        } catch (InvalidKeyException | SignatureException _) {
            return false; // of another algorithm
        }
    }

    /** Until when the certificate is valid, with its issuers; empty when there is none, or it can't be read. */
    public Optional<Instant> validUntil() {
        try {
            return chain().stream().map(one -> one.getNotAfter().toInstant()).min(Comparator.naturalOrder());
        } catch (IOException | GeneralSecurityException _) {
            return Optional.empty(); // which is said where it is needed
        }
    }

    private static @Nullable Path path(Section section, String key) {
        return section.optional(key, section::resolved).orElse(null);
    }

    /** Whether a property of a Kafka client would say once more what these files say. */
    public boolean decides(String property) {
        return (ca != null && property.startsWith("ssl.truststore."))
                || (certificate != null && property.startsWith("ssl.keystore."));
    }

    public SSLContext context() throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(identity(), trust(), null);
        return context;
    }

    /** Who judges a server's certificate, for libraries that ask for it beside the context. */
    public X509TrustManager trusted() throws IOException, GeneralSecurityException {
        TrustManager[] managers = trust();
        if (managers == null) {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            managers = factory.getTrustManagers();
        }
        for (TrustManager manager : managers) {
            if (manager instanceof X509TrustManager judge) {
                return judge;
            }
        }
        throw new GeneralSecurityException("this Java judges no X.509 certificates");
    }

    /** Who is trusted; empty for the machine's own. */
    public List<X509Certificate> authorities() throws IOException, GeneralSecurityException {
        return ca == null ? List.of() : x509(ca);
    }

    /** One's own certificate, followed by its issuers; empty when there is none. */
    public List<X509Certificate> chain() throws IOException, GeneralSecurityException {
        return certificate == null ? List.of() : x509(certificate);
    }

    public Optional<PrivateKey> privateKey() throws IOException, GeneralSecurityException {
        return key == null ? Optional.empty() : Optional.of(privateKey(key));
    }

    private static List<X509Certificate> x509(Path file) throws IOException, GeneralSecurityException {
        return certificates(file).stream().map(X509Certificate.class::cast).toList();
    }

    private TrustManager @Nullable [] trust() throws IOException, GeneralSecurityException {
        if (ca == null) {
            return null;
        }
        KeyStore store = empty();
        int number = 0;
        for (Certificate authority : certificates(ca)) {
            store.setCertificateEntry("ca-" + number++, authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private KeyManager @Nullable [] identity() throws IOException, GeneralSecurityException {
        if (certificate == null || key == null) {
            return null;
        }
        KeyStore store = empty();
        store.setKeyEntry(
                "own", privateKey(key), new char[0], certificates(certificate).toArray(new Certificate[0]));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw new GeneralSecurityException(file + " holds no certificate");
            }
            return found;
        }
    }

    private static byte[] decoded(Path file, String base64) throws GeneralSecurityException {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException(file + " holds a key that is cut: " + e.getMessage(), e);
        }
    }

    private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
        Matcher pem = PRIVATE_KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        if (!pem.find()) {
            throw new GeneralSecurityException(file
                    + " holds no unencrypted PKCS#8 key (BEGIN PRIVATE KEY); openssl pkcs8 -topk8 -nocrypt makes one");
        }
        PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(decoded(file, pem.group(1)));
        for (String algorithm : new String[] {"EC", "RSA", "Ed25519"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException _) {
                // of another algorithm
            }
        }
        throw new GeneralSecurityException(file + " holds a key that is neither EC nor RSA nor Ed25519");
    }
}
