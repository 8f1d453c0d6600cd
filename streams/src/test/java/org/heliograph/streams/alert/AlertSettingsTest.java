package org.heliograph.streams.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.heliograph.telemetry.yaml.Flaws;
import org.heliograph.telemetry.yaml.Section;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertSettingsTest {
    @TempDir
    private Path folder;

    private AlertSettings read(String yaml) throws Exception {
        Path file = Files.writeString(folder.resolve("streams.yaml"), yaml);
        Flaws flaws = new Flaws();
        Section top = Section.of(file, flaws);
        AlertSettings settings = AlertSettings.read(top.section("alerts"), flaws);
        top.finish();
        flaws.throwIfAny();
        return settings;
    }

    @Test
    void the_rules_that_ship_are_all_right_and_used_by_default() throws Exception {
        AlertSettings settings = read("alerts: {}");

        assertThat(settings.enabled()).isTrue();
        assertThat(settings.webhook()).isEmpty();
        assertThat(settings.mqtt()).isEmpty();
        assertThat(settings.rules().rules())
                .extracting(AlertRule::watch)
                .as("what a state means is the profile's: its number is for rules of one's own")
                .containsOnly(
                        EnumSet.complementOf(EnumSet.of(Watch.INVERTER_STATE)).toArray(Watch[]::new));
        assertThat(settings.rules().longestHold()).isEqualTo(Duration.ofMinutes(30));
    }

    @Test
    void receivers_are_read_and_repeat_what_stands_every_minute() throws Exception {
        Files.writeString(folder.resolve("token"), "secret\n");
        AlertSettings settings = read("""
                alerts:
                  webhook: {url: "http://alertmanager:9093/api/v2/alerts", token: {file: token}}
                  mqtt: {url: "mqtts://broker:8883", user: heliograph, password: {file: token}}
                """);

        assertThat(settings.webhook().orElseThrow().repeat()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.webhook().orElseThrow().token().orElseThrow().text())
                .isEqualTo("secret");
        assertThat(settings.mqtt().orElseThrow().url()).isEqualTo("ssl://broker:8883");
    }

    @Test
    void every_fault_of_the_rules_is_said_with_file_line_and_field() throws Exception {
        Files.writeString(folder.resolve("rules.yaml"), """
                rules:
                  - {rule: Hot, watch: inlet-high, above: 27}
                  - {rule: a, watch: temperature, above: 27}
                  - {rule: a, watch: pue}
                  - {rule: b, watch: pue, above: high, for: 10m, severity: bad, hysterese: 1}
                  - {rule: pue-below-one, watch: pue, below: 1}
                  - {rule: c, watch: pue, above: 2, areas: [hall-2]}
                  - {rule: d, watch: agent-backlog, above: 60, areas: [hall-2]}
                """);

        assertThatThrownBy(() -> read("alerts: {rules: rules.yaml}"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("rules.yaml:2: rules[0].rule: 'Hot' is not a rule's name")
                .hasMessageContaining("rules.yaml:3: rules[1].watch: 'temperature' can't be watched; what can: pue,")
                .hasMessageContaining("rules.yaml:4: rules[2].rule: 'a' is there twice")
                .hasMessageContaining("rules.yaml:4: rules[2].above: and below are both missing")
                .hasMessageContaining("rules.yaml:5: rules[3].above: 'high' is not a number")
                .hasMessageContaining("rules.yaml:5: rules[3].for: '10m' is not an ISO 8601 duration")
                .hasMessageContaining("rules.yaml:5: rules[3].severity: 'bad' is not a severity")
                .hasMessageContaining("rules.yaml:7: rules[5].areas: are those of devices; pue is a whole site's")
                .hasMessageContaining("rules.yaml:8: rules[6].areas: are those of devices; agent-backlog is an agent's")
                .hasMessageContaining("rules[3].hysterese")
                .hasMessageContaining("rules.yaml:6: rules[4].rule: 'pue-below-one' is what the engine itself calls");
    }

    @Test
    void a_rule_under_which_nothing_is_ever_well_is_refused() throws Exception {
        Files.writeString(folder.resolve("rules.yaml"), """
                rules:
                  - {rule: a, watch: inlet-high, above: 27, below: 18, hysteresis: 5}
                  - {rule: b, watch: leak, above: 0.5, hysteresis: 1}
                  - {rule: c, watch: inlet-high, above: 18, below: 27}
                  - {rule: narrow, watch: inlet-high, above: 27, below: 18, hysteresis: 4}
                  - {rule: cold, watch: inlet-low, above: -5, hysteresis: 1}
                """);

        assertThatThrownBy(() -> read("alerts: {rules: rules.yaml}"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("rules.yaml:2: rules[0].hysteresis: leaves no value within the limits")
                .hasMessageContaining("rules.yaml:3: rules[1].hysteresis")
                .hasMessageContaining("rules.yaml:4: rules[2].hysteresis")
                .message()
                .doesNotContain("rules[3]", "rules[4]");
    }

    @Test
    void what_stands_is_said_again_after_a_second_at_the_earliest() throws Exception {
        String yaml = "alerts: {webhook: {url: 'http://alertmanager:9093', repeat: %s}}";
        assertThatThrownBy(() -> read(yaml.formatted("PT0.5S")))
                .hasMessageContaining("alerts.webhook.repeat: PT0.5S is not between a second and");
        assertThat(read(yaml.formatted("PT1S")).webhook()).isPresent();
    }

    @Test
    void wrong_receivers_are_refused() {
        assertThatThrownBy(() -> read("""
                alerts:
                  webhook: {url: "alertmanager:9093", repeat: PT0S}
                  mqtt: {url: "http://broker", password: {env: PATH}}
                """))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("alerts.webhook.url")
                .hasMessageContaining("alerts.webhook.repeat")
                .hasMessageContaining("alerts.mqtt.url")
                .hasMessageContaining("alerts.mqtt.password: is given without a user");
    }

    @Test
    void what_would_be_sent_for_everyone_to_read_in_spite_of_tls_is_refused() {
        assertThatThrownBy(() -> read("""
                alerts:
                  webhook: {url: "http://alertmanager:9093", tls: {}}
                  mqtt: {url: "tcp://broker:1883", tls: {}}
                """))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("streams.yaml:2: alerts.webhook.tls: is given, but url isn't https")
                .hasMessageContaining("streams.yaml:3: alerts.mqtt.tls: is given, but url isn't ssl");
    }

    @Test
    void tls_belongs_to_an_address_of_tls() throws Exception {
        AlertSettings settings = read("""
                alerts:
                  webhook: {url: "https://alertmanager:9093", tls: {}}
                  mqtt: {url: "mqtts://broker:8883", tls: {}}
                """);

        assertThat(settings.webhook().orElseThrow().tls()).isPresent();
        assertThat(settings.mqtt().orElseThrow().tls()).isPresent();
    }

    @Test
    void of_an_address_that_is_no_address_nobody_is_told_that_it_does_without_tls() {
        assertThatThrownBy(() -> read("""
                alerts:
                  webhook: {url: "https//alertmanager:9093", tls: {}}
                  mqtt: {tls: {}}
                """))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("alerts.webhook.url")
                .hasMessageContaining("alerts.mqtt.url")
                .hasMessageNotContaining(".tls");
    }
}
