package org.heliograph.telemetry.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.heliograph.telemetry.yaml.Section;

/** Where a secret is. It is read when it is needed, and so followed when it changes; nothing that is printed holds it. */
public sealed interface Secret {
    /** Its bytes; what ends a line at the end of a file is not part of it. */
    byte[] read() throws IOException;

    /** The same as a text. */
    default String text() throws IOException {
        return new String(read(), StandardCharsets.UTF_8);
    }

    /**
     * Reads a field {@code key: {file: ...}} or {@code key: {env: ...}}, and sees whether the secret can be read now.
     *
     * @return empty, with a fault, when the field is wrong; empty when it is missing
     */
    static Optional<Secret> of(Section section, String key) {
        if (!section.has(key)) {
            return Optional.empty();
        }
        Section where = section.section(key);
        if (where.has("file") == where.has("env")) {
            section.flaw(key, "is {file: ...} or {env: ...}, not the secret itself");
            return Optional.empty();
        }
        Optional<Secret> secret = where.has("file")
                ? where.optional("file", where::resolved).map(InFile::new)
                : where.optional("env", InEnvironment::new);
        where.finish();
        secret.ifPresent(named -> judge(where, named));
        return secret;
    }

    private static void judge(Section where, Secret secret) {
        try {
            if (secret.read().length == 0) {
                // somebody is still writing it, or what should have made it failed: nobody's password is empty
                switch (secret) {
                    case InFile(Path file) -> where.absent("file", file + " is empty");
                    case InEnvironment(String name) -> where.flaw("env", "the environment's " + name + " is empty");
                }
            }
        } catch (IOException e) {
            String message =
                    "can't be read: " + e.getMessage() + (e instanceof NoSuchFileException ? ": no such file" : "");
            switch (secret) {
                case InFile(Path file) when !Files.isReadable(file) -> where.absent("file", message);
                case InFile _ -> where.flaw("file", message);
                case InEnvironment _ -> where.flaw("env", message);
            }
        }
    }

    /** A file that holds nothing else. */
    record InFile(Path file) implements Secret {
        private static final int BYTES_MAX = 4_096;

        @Override
        public byte[] read() throws IOException {
            if (Files.isDirectory(file)) {
                throw new IOException(file + " is a folder, not a file");
            }
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
