package org.heliograph.lab.pki;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;

/** A private key and its certificate. */
public record Identity(PrivateKey key, X509Certificate certificate) {
    private static final int LINE = 64;
    private static final byte[] NEWLINE = {'\n'};

    /**
     * Where an identity lies: {@code name.pem}, {@code name.key} (PKCS#8, unencrypted, for its owner only), and both in
     * {@code name-keystore.pem}, as Kafka's clients take them.
     */
    public record PemFiles(Path certificate, Path key, Path keystore) {}

    /** Writes them over what was there. */
    public PemFiles write(Path folder, String name) throws IOException {
        PemFiles files = new PemFiles(
                folder.resolve(name + ".pem"), folder.resolve(name + ".key"), folder.resolve(name + "-keystore.pem"));
        try {
            String keyText = pem("PRIVATE KEY", key.getEncoded());
            String certificateText = pem("CERTIFICATE", certificate.getEncoded());
            Files.createDirectories(folder);
            writePrivate(files.key, keyText);
            writePrivate(files.keystore, keyText + certificateText);
            Files.writeString(files.certificate, certificateText);
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was just made has no encoding", e);
        }
        return files;
    }

    private static void writePrivate(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(file, text);
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n"
                + new String(Base64.getMimeEncoder(LINE, NEWLINE).encode(der), StandardCharsets.US_ASCII)
                + "\n-----END " + kind + "-----\n";
    }
}
