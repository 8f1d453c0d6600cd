package org.heliograph.telemetry.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void a_key_that_was_cut_is_named_and_not_a_bug() throws Exception {
        Path key = folder.resolve("edge-1.key");
        for (String base64 : new String[] {"MIG", "M", "MIGH=AgE", "M===="}) {
            Files.writeString(key, "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n");

            assertThatThrownBy(() -> new Tls(null, folder.resolve("edge-1.pem"), key).privateKey())
                    .as(base64)
                    .isInstanceOf(GeneralSecurityException.class)
                    .message()
                    .contains(key.toString());
        }
        assertThat(new Tls(null, null, null).privateKey()).isEmpty();
    }
}
