package org.heliograph.lab.pki;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority that signs directly, with elliptic keys (P-256), which DTLS, brokers and browsers all take. */
public final class DevelopmentAuthority {
    private static final String CURVE = "secp256r1";
    private static final String SIGNATURE = "SHA256withECDSA";
    private static final int SERIAL_BITS = 127;
    /** Clocks of a hall differ: a certificate is valid from a little before it was made. */
    private static final Duration CLOCK_DIFFERENCE = Duration.ofMinutes(10);

    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

    private final SecureRandom random = new SecureRandom();
    private final Identity own;

    private DevelopmentAuthority(Instant from, Instant to) {
        KeyPair keys = keys();
        X500Principal name = new X500Principal("CN=Heliograph development CA");
        own = sign(name, keys, name, keys, from, to, builder -> {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        });
    }

    /** A new authority, valid from now on. */
    public static DevelopmentAuthority create(Instant now, Duration validity) {
        return new DevelopmentAuthority(now.minus(CLOCK_DIFFERENCE), now.plus(validity));
    }

    public Identity own() {
        return own;
    }

    public Identity issue(Subject subject, Instant now, Duration validity) {
        return issue(subject, now.minus(CLOCK_DIFFERENCE), now.plus(validity));
    }

    /** Signs for any time: also one that is over, to see it refused. */
    public Identity issue(Subject subject, Instant from, Instant to) {
        KeyPair keys = keys();
        X500Principal issuer = own.certificate().getSubjectX500Principal();
        KeyPair authority = new KeyPair(own.certificate().getPublicKey(), own.key());
        X500Principal name = new X500Principal("CN=" + subject.name());
        return sign(name, keys, issuer, authority, from, to, builder -> {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes(subject.use())));
            if (!subject.hosts().isEmpty()) {
                builder.addExtension(Extension.subjectAlternativeName, false, names(subject));
            }
        });
    }

    private static KeyPurposeId[] purposes(Subject.Use use) {
        return switch (use) {
            case SERVER -> new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth};
            case CLIENT -> new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth};
            case PEER -> new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};
        };
    }

    @FunctionalInterface
    private interface Extensions {
        void addTo(X509v3CertificateBuilder builder) throws CertIOException;
    }

    private Identity sign(
            X500Principal name,
            KeyPair keys,
            X500Principal issuer,
            KeyPair issuerKeys,
            Instant from,
            Instant to,
            Extensions extensions) {
        try {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    new BigInteger(SERIAL_BITS, random),
                    Date.from(from),
                    Date.from(to),
                    name,
                    keys.getPublic());
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(keys.getPublic()));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    identifiers.createAuthorityKeyIdentifier(issuerKeys.getPublic()));
            extensions.addTo(builder);
            return new Identity(
                    keys.getPrivate(),
                    new JcaX509CertificateConverter()
                            .getCertificate(builder.build(
                                    new JcaContentSignerBuilder(SIGNATURE).build(issuerKeys.getPrivate()))));
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IllegalStateException("this Java can't make certificates: " + e.getMessage(), e);
        }
    }

    private static GeneralNames names(Subject subject) {
        return new GeneralNames(subject.hosts().stream()
                .map(host -> new GeneralName(
                        ADDRESS.matcher(host).matches() ? GeneralName.iPAddress : GeneralName.dNSName, host))
                .toArray(GeneralName[]::new));
    }

    private KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(CURVE), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + CURVE, e);
        }
    }
}
