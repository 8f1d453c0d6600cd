package org.heliograph.streams.influx;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.security.Tls;
import org.heliograph.telemetry.yaml.AbsentException;
import org.heliograph.telemetry.yaml.Address;
import org.heliograph.telemetry.yaml.Section;

/**
 * The {@code sink:} section of streams.yaml.
 *
 * @param url the store's base address; a path ends in "/", so that what is asked is beneath it
 * @param org the organisation, for InfluxDB 2; others ignore it
 * @param bucket the bucket, or for InfluxDB 1 the database
 * @param token where the token is, or for InfluxDB 1 {@code user:password}; read anew for each connection
 * @param group the consumer group; sinks of one group share the work
 * @param batchLines the most lines sent in one write
 * @param pollRecords the most records taken from Kafka at a time
 * @param tls who is trusted over https, and who the sink is; by default the machine's own authorities, and nobody
 */
public record SinkSettings(
        boolean enabled,
        URI url,
        String org,
        String bucket,
        Optional<Secret> token,
        String group,
        int batchLines,
        int pollRecords,
        Optional<Tls> tls) {
    public SinkSettings {
        boolean isBeneath = !url.getRawPath().isEmpty() && !url.getRawPath().endsWith("/");
        url = isBeneath ? URI.create(url + "/") : url;
    }

    private static final URI DEFAULT_URL = URI.create("http://127.0.0.1:8086");
    private static final String DEFAULT_NAME = "heliograph";
    private static final String DEFAULT_GROUP = "heliograph-sink";
    private static final int DEFAULT_BATCH_LINES = 10_000;
    private static final int DEFAULT_POLL_RECORDS = 4_000;
    private static final int MAX_BATCH = 100_000;

    /** A store without authentication, and the defaults for the rest. */
    public static SinkSettings of(URI url) {
        return new SinkSettings(
                true,
                url,
                DEFAULT_NAME,
                DEFAULT_NAME,
                Optional.empty(),
                DEFAULT_GROUP,
                DEFAULT_BATCH_LINES,
                DEFAULT_POLL_RECORDS,
                Optional.empty());
    }

    /** Reads the section, noting its faults there. */
    public static SinkSettings read(Section section) {
        SinkSettings settings = new SinkSettings(
                section.flag("enabled", true),
                section.optional("url", SinkSettings::address).orElse(DEFAULT_URL),
                section.text("org", DEFAULT_NAME),
                section.text("bucket", DEFAULT_NAME),
                token(section),
                section.text("group", DEFAULT_GROUP),
                section.integer("batchLines", DEFAULT_BATCH_LINES, 1, MAX_BATCH),
                section.integer("pollRecords", DEFAULT_POLL_RECORDS, 1, MAX_BATCH),
                Tls.of(section));
        if (settings.tls().isPresent() && !settings.url().getScheme().equalsIgnoreCase("https")) {
            section.flaw("tls", "is given, but url isn't https");
        }
        section.finish();
        return settings;
    }

    /** {@code token: {file: ...}} or {@code {env: ...}}, as secrets are named elsewhere; or the same in one word. */
    private static Optional<Secret> token(Section section) {
        Optional<Secret> named = Secret.of(section, "token");
        Optional<Secret> fromFile =
                section.optional("tokenFile", name -> readable(new Secret.InFile(section.resolved(name))));
        Optional<Secret> fromEnvironment =
                section.optional("tokenEnv", name -> readable(new Secret.InEnvironment(name)));
        List<String> given =
                Stream.of("token", "tokenFile", "tokenEnv").filter(section::has).toList();
        if (given.size() > 1) {
            section.flaw(given.getLast(), "is given besides " + given.getFirst() + "; one of them");
        }
        return named.or(() -> fromFile).or(() -> fromEnvironment);
    }

    private static Secret readable(Secret secret) {
        try {
            secret.read();
            return secret;
        } catch (IOException e) {
            String message = "can't be read: " + e.getMessage();
            throw secret instanceof Secret.InFile(Path file) && !Files.isReadable(file)
                    ? new AbsentException(message)
                    : new IllegalArgumentException(message, e);
        }
    }

    /** The token as it is now; empty for none. */
    String tokenNow() throws IOException {
        return token.isEmpty() ? "" : token.get().text();
    }

    private static URI address(String text) {
        URI url = Address.http(text, "http://127.0.0.1:8086");
        if (url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "'" + text + "' goes on behind the path; only scheme, host, port and path");
        }
        return url;
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "url=" + url + " org=" + org + " bucket=" + bucket + " group=" + group;
    }
}
