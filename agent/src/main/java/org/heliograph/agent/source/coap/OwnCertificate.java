package org.heliograph.agent.source.coap;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.eclipse.californium.scandium.dtls.CertificateIdentityResult;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.SignatureAndHashAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite.CertificateKeyAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.XECDHECryptography.SupportedGroup;
import org.eclipse.californium.scandium.dtls.x509.CertificateProvider;
import org.eclipse.californium.scandium.util.ServerNames;
import org.heliograph.telemetry.security.Tls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent's own certificate, read anew at each handshake. */
final class OwnCertificate implements CertificateProvider {
    private static final Logger log = LoggerFactory.getLogger(OwnCertificate.class);

    private final Tls tls;

    OwnCertificate(Tls tls) {
        this.tls = tls;
    }

    @Override
    public List<CertificateKeyAlgorithm> getSupportedCertificateKeyAlgorithms() {
        return List.of(CertificateKeyAlgorithm.EC, CertificateKeyAlgorithm.RSA);
    }

    @Override
    public List<CertificateType> getSupportedCertificateTypes() {
        return List.of(CertificateType.X_509);
    }

    @Override
    public CertificateIdentityResult requestCertificateIdentity(
            ConnectionId cid,
            boolean client,
            List<X500Principal> issuers,
            ServerNames serverNames,
            List<CertificateKeyAlgorithm> certificateKeyAlgorithms,
            List<SignatureAndHashAlgorithm> signatureAndHashAlgorithms,
            List<SupportedGroup> curves) {
        try {
            Optional<PrivateKey> key = tls.privateKey();
            List<X509Certificate> chain = tls.chain();
            if (key.isPresent() && !chain.isEmpty()) {
                return new CertificateIdentityResult(cid, key.get(), chain);
            }
        } catch (IOException | GeneralSecurityException e) {
            log.error("coap=no-certificate reason={}", e.toString());
        }
        return new CertificateIdentityResult(cid);
    }

    @Override
    public void setResultHandler(HandshakeResultHandler resultHandler) {
        // answers at once
    }
}
