package org.heliograph.agent.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Where a secret is. It is read when it is needed, and so followed when it changes; nothing that is printed holds it. */
public sealed interface Secret {
    /** Its bytes; what ends a line at the end of a file is not part of it. */
    byte[] read() throws IOException;

    /** A file that holds nothing else. */
    record InFile(Path file) implements Secret {
        private static final int BYTES_MAX = 4_096;

        @Override
        public byte[] read() throws IOException {
            if (Files.size(file) > BYTES_MAX) {
                throw new IOException(file + " is larger than " + BYTES_MAX + " bytes, too large for a password");
            }
            byte[] bytes = Files.readAllBytes(file);
            int end = bytes.length;
            while (end > 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) {
                end--;
            }
            return Arrays.copyOf(bytes, end);
        }
    }

    /** An environment variable. */
    record InEnvironment(String name) implements Secret {
        @Override
        public byte[] read() throws IOException {
            String value = System.getenv(name);
            if (value == null) {
                throw new IOException("the environment has no " + name);
            }
            return value.getBytes(StandardCharsets.UTF_8);
        }
    }
}
