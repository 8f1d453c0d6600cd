package org.heliograph.telemetry.kafka;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a property of a Kafka client refers to: {@code ${directory:FOLDER:FILE}}, {@code ${env:NAME}}, or a file of its own.
 * Where it isn't there Kafka takes the text as it is, and says something else of it.
 */
public final class KafkaReferences {
    private static final Pattern FILE = Pattern.compile("\\$\\{directory:([^}]*?):([^}:]*)}");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{env::?([^}:]*)}");
    private static final Pattern LOGIN = Pattern.compile("(?i)\\b(password|clientSecret)\\s*=");
    private static final String LOCATION = ".location";
    /** It guards nothing secret: what is in a truststore may be known to all. */
    private static final String TRUSTSTORE_PASSWORD = "ssl.truststore.password";

    private KafkaReferences() {}

    /** @param mayCome whether it may be there when the program is started again, as a file may */
    public record Missing(String reason, boolean mayCome) {}

    /** The first thing that a property refers to and that isn't there. */
    public static Optional<Missing> missing(String property, String value) {
        Matcher file = FILE.matcher(value);
        while (file.find()) {
            if (!isReadable(file.group(1), file.group(2))) {
                return Optional.of(absent(file.group(1) + "/" + file.group(2)));
            }
        }
        Matcher variable = VARIABLE.matcher(value);
        while (variable.find()) {
            if (System.getenv(variable.group(1)) == null) {
                return Optional.of(new Missing("the environment has no " + variable.group(1), false));
            }
        }
        if (property.endsWith(LOCATION) && !isReference(value) && !isReadable(value)) {
            return Optional.of(absent(value));
        }
        return Optional.empty();
    }

    /** Whether it is itself what it should name: a password or a key, for everyone who may read the configuration. */
    public static boolean holdsSecret(String property, String value) {
        boolean isSecret = (property.endsWith(".password") && !property.endsWith(TRUSTSTORE_PASSWORD))
                || property.endsWith(".keystore.key")
                || (property.endsWith("sasl.jaas.config")
                        && LOGIN.matcher(value).find());
        return isSecret && !value.isBlank() && !isReference(value);
    }

    private static boolean isReference(String value) {
        return value.contains("${");
    }

    private static Missing absent(String file) {
        return new Missing("'" + file + "' isn't there, or can't be read", true);
    }

    private static boolean isReadable(String first, String... more) {
        try {
            return Files.isReadable(Path.of(first, more));
        } catch (InvalidPathException _) {
            return false;
        }
    }
}
