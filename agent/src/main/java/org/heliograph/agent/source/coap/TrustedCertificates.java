package org.heliograph.agent.source.coap;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.eclipse.californium.scandium.dtls.AlertMessage;
import org.eclipse.californium.scandium.dtls.CertificateMessage;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.CertificateVerificationResult;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeException;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.x509.NewAdvancedCertificateVerifier;
import org.eclipse.californium.scandium.dtls.x509.StaticNewAdvancedCertificateVerifier;
import org.eclipse.californium.scandium.util.ServerNames;
import org.heliograph.telemetry.security.Tls;

/**
 * Whom the agent believes: what the authorities signed, that is in force, and that names somebody whom it knows. The
 * authorities are read anew at each handshake.
 */
final class TrustedCertificates implements NewAdvancedCertificateVerifier {
    private final Tls tls;
    private final Acquaintance acquaintance;

    /** Whether a certificate whose path is in order names the one that it should. */
    @FunctionalInterface
    interface Acquaintance {
        boolean knows(X509Certificate certificate, InetSocketAddress peer);
    }

    TrustedCertificates(Tls tls, Acquaintance acquaintance) {
        this.tls = tls;
        this.acquaintance = acquaintance;
    }

    @Override
    public List<CertificateType> getSupportedCertificateTypes() {
        return List.of(CertificateType.X_509);
    }

    @Override
    public CertificateVerificationResult verifyCertificate(
            ConnectionId cid,
            ServerNames serverName,
            InetSocketAddress remotePeer,
            boolean clientUsage,
            boolean verifySubject,
            boolean truncateCertificatePath,
            CertificateMessage message) {
        CertificateVerificationResult path;
        try {
            path = authorities()
                    .verifyCertificate(
                            cid, serverName, remotePeer, clientUsage, false, truncateCertificatePath, message);
        } catch (IOException | GeneralSecurityException e) {
            return refused(cid, "the authorities can't be read: " + e, AlertMessage.AlertDescription.INTERNAL_ERROR);
        }
        if (path.getException() != null) {
            return path;
        }
        if (path.getCertificatePath() == null
                || path.getCertificatePath().getCertificates().isEmpty()) {
            return refused(cid, "there is no certificate", AlertMessage.AlertDescription.BAD_CERTIFICATE);
        }
        X509Certificate own =
                (X509Certificate) path.getCertificatePath().getCertificates().getFirst();
        if (!acquaintance.knows(own, remotePeer)) {
            return refused(
                    cid,
                    "the certificate names nobody who is known here: " + Subjects.of(own),
                    AlertMessage.AlertDescription.BAD_CERTIFICATE);
        }
        return path;
    }

    private NewAdvancedCertificateVerifier authorities() throws IOException, GeneralSecurityException {
        List<X509Certificate> authorities = tls.authorities();
        if (authorities.isEmpty()) {
            // an empty list would mean: everybody
            throw new GeneralSecurityException("there are none");
        }
        return StaticNewAdvancedCertificateVerifier.builder()
                .setTrustedCertificates(authorities.toArray(new X509Certificate[0]))
                .build();
    }

    private static CertificateVerificationResult refused(
            ConnectionId cid, String reason, AlertMessage.AlertDescription description) {
        return new CertificateVerificationResult(
                cid,
                new HandshakeException(reason, new AlertMessage(AlertMessage.AlertLevel.FATAL, description)),
                null);
    }

    @Override
    public List<X500Principal> getAcceptedIssuers() {
        return List.of();
    }

    @Override
    public void setResultHandler(HandshakeResultHandler resultHandler) {
        // answers at once
    }
}
