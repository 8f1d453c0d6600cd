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

    /** Where an identity lies: {@code name.pem} and {@code name.key}, PKCS#8 and unencrypted; the key for its owner only. */
    public record PemFiles(Path certificate, Path key) {}

    /** Writes both as PEM, over what was there. */
    public PemFiles write(Path folder, String name) throws IOException {
        Path certificateFile = folder.resolve(name + ".pem");
        Path keyFile = folder.resolve(name + ".key");
        try {
            Files.createDirectories(folder);
            writePrivate(keyFile, pem("PRIVATE KEY", key.getEncoded()));
            Files.writeString(certificateFile, pem("CERTIFICATE", certificate.getEncoded()));
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was just made has no encoding", e);
        }
        return new PemFiles(certificateFile, keyFile);
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
