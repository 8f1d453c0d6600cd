package org.heliograph.streams.alert;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.security.Tls;
import org.heliograph.telemetry.yaml.Address;
import org.heliograph.telemetry.yaml.Flaws;
import org.heliograph.telemetry.yaml.Section;

/**
 * The {@code alerts:} section of streams.yaml.
 *
 * @param group of the instances that could judge: one at a time does
 */
public record AlertSettings(
        boolean enabled, AlertRules rules, String group, Optional<Webhook> webhook, Optional<Mqtt> mqtt) {
    private static final String DEFAULT_GROUP = "heliograph-alerts";
    private static final Duration SHORTEST_REPEAT = Duration.ofSeconds(1);
    private static final Duration LONGEST_REPEAT = Duration.ofHours(1);

    /**
     * Whom an Alertmanager, or what speaks its interface, is told.
     *
     * @param url with its path: {@code http://alertmanager:9093/api/v2/alerts}
     * @param repeat how often what stands is said again: an Alertmanager forgets what isn't
     */
    public record Webhook(URI url, Optional<Secret> token, Optional<Tls> tls, Duration repeat) {}

    /**
     * The MQTT broker that has the alerts as retained messages.
     *
     * @param user empty for none
     */
    public record Mqtt(String url, String clientId, String user, Optional<Secret> password, Optional<Tls> tls) {}

    /** Reads the section, noting its flaws and those of the rules' file. */
    public static AlertSettings read(Section section, Flaws flaws) {
        AlertRules rules = section.optional("rules", section::resolved)
                .filter(file -> section.isThere("rules", file))
                .map(file -> AlertRules.read(file, flaws))
                .orElseGet(() -> AlertRules.shipped(flaws));
        AlertSettings settings = new AlertSettings(
                section.flag("enabled", true),
                rules,
                section.text("group", DEFAULT_GROUP),
                section.has("webhook") ? Optional.of(webhook(section.section("webhook"))) : Optional.empty(),
                section.has("mqtt") ? Optional.of(mqtt(section.section("mqtt"))) : Optional.empty());
        section.finish();
        return settings;
    }

    private static Webhook webhook(Section section) {
        Duration repeat = section.duration("repeat", Duration.ofMinutes(1));
        if (repeat.compareTo(SHORTEST_REPEAT) < 0 || repeat.compareTo(LONGEST_REPEAT) > 0) {
            section.flaw("repeat", repeat + " is not between a second and " + LONGEST_REPEAT);
        }
        Webhook webhook = new Webhook(
                section.parsed(
                        "url",
                        text -> Address.http(text, "http://alertmanager:9093/api/v2/alerts"),
                        URI.create("https://127.0.0.1")),
                Secret.of(section, "token"),
                Tls.of(section),
                repeat);
        if (webhook.tls().isPresent() && !"https".equalsIgnoreCase(webhook.url().getScheme())) {
            section.flaw("tls", "is given, but url isn't https");
        }
        section.finish();
        return webhook;
    }

    private static Mqtt mqtt(Section section) {
        Mqtt mqtt = new Mqtt(
                section.parsed("url", Address::mqtt, "ssl://127.0.0.1:8883"),
                section.text("clientId", DEFAULT_GROUP),
                section.text("user", ""),
                Secret.of(section, "password"),
                Tls.of(section));
        if (mqtt.password().isPresent() && mqtt.user().isEmpty()) {
            section.flaw("password", "is given without a user");
        }
        if (mqtt.tls().isPresent() && mqtt.url().startsWith("tcp:")) {
            section.flaw("tls", "is given, but url isn't ssl");
        }
        section.finish();
        return mqtt;
    }
}
