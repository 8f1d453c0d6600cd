package org.heliograph.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.heliograph.agent.config.AgentFile;
import org.heliograph.agent.health.Silence;
import org.heliograph.telemetry.reading.DeviceId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpectationsTest {
    @TempDir
    private Path folder = Path.of("");

    private Instant now = Instant.EPOCH;

    @Test
    void a_model_that_was_read_while_the_clock_was_wrong_counts_once_it_is_right() throws Exception {
        Expectations expectations = expectations();
        Silence.Rule rule = expectations.rule();
        assertThat(rule.usual().apply("inv-1")).isEmpty();

        now = Instant.parse("2026-07-01T10:00:00Z");
        assertThat(rule.usual().apply("inv-1"))
                .hasValueSatisfying(pace -> assertThat(pace).isLessThan(Duration.ofHours(1)));
        assertThat(rule.usual().apply("inv-2")).as("from December on").isEmpty();

        now = Instant.parse("2026-12-01T10:00:00Z");
        assertThat(rule.usual().apply("inv-2")).isPresent();
    }

    @Test
    void a_device_is_named_by_the_configuration_or_by_the_model_at_any_time() throws Exception {
        Expectations expectations = expectations();

        assertThat(expectations.names(new DeviceId("casa1", "inv-2"))).isTrue();
        assertThat(expectations.names(new DeviceId("casa1", "room-1"))).isTrue();
        assertThat(expectations.names(new DeviceId("casa1", "rare"))).isTrue();
        assertThat(expectations.names(new DeviceId("casa1", "made-up"))).isFalse();
        assertThat(expectations.names(new DeviceId("casa2", "inv-2"))).isFalse();
        assertThat(expectations.rule().named().test("inv-2")).isTrue();
        assertThat(expectations.rule().named().test("made-up")).isFalse();
    }

    @Test
    void only_a_solar_inverter_rests_and_only_while_the_sun_is_low() throws Exception {
        Silence.Rule rule = expectations().rule();

        now = Instant.parse("2026-07-01T01:00:00Z");
        assertThat(rule.resting().test("pv-1")).isTrue();
        assertThat(rule.resting().test("inv-1")).as("a cooling unit").isFalse();
        assertThat(rule.resting().test("made-up")).isFalse();

        now = Instant.parse("2026-07-01T12:00:00Z");
        assertThat(rule.resting().test("pv-1")).isFalse();
    }

    @Test
    void a_device_is_gone_when_the_model_ends_it_or_never_had_it_unless_the_configuration_expects_it()
            throws Exception {
        Silence.Rule rule = expectations().rule();

        assertThat(rule.gone().test("old-1"))
                .as("before its end, by a clock that was never set")
                .isFalse();
        assertThat(rule.gone().test("inv-1")).as("before it began").isFalse();
        now = Instant.parse("2026-06-01T00:00:00Z");
        assertThat(rule.gone().test("old-1")).isTrue();
        assertThat(rule.gone().test("inv-1")).isFalse();
        assertThat(rule.gone().test("replaced-1")).as("what stands there now").isFalse();
        assertThat(rule.gone().test("made-up")).isTrue();
        assertThat(rule.gone().test("listed-1"))
                .as("a mapping lists whoever may speak")
                .isTrue();
        assertThat(rule.gone().test("room-1")).as("asked for its readings").isFalse();
        assertThat(rule.gone().test("rare")).isFalse();

        Path alone = Files.writeString(folder.resolve("alone.yaml"), """
                agent: edge-1
                site: casa1
                kafka: {bootstrap: "127.0.0.1:9"}
                journal: {path: j.db}
                mqtt: [{url: "tcp://127.0.0.1:1"}]
                """);
        assertThat(Expectations.of(AgentFile.read(alone), () -> now)
                        .rule()
                        .gone()
                        .test("made-up"))
                .as("without a model nobody knows")
                .isFalse();
    }

    private Expectations expectations() throws Exception {
        Files.writeString(folder.resolve("site.yaml"), """
                site: casa1
                zone: Africa/Casablanca
                location: {latitude: 33.57, longitude: -7.59}
                devices:
                - {id: pv-1, profile: pv-inverter, role: pv, validFrom: 2026-01-01T00:00:00Z}
                - {id: inv-1, profile: energy-meter, role: cooling, validFrom: 2026-01-01T00:00:00Z}
                - {id: old-1, profile: energy-meter, role: cooling, validTo: 2026-06-01}
                - {id: replaced-1, profile: energy-meter, role: cooling, validTo: 2026-03-01}
                - {id: replaced-1, profile: crac, role: cooling, validFrom: 2026-03-01}
                - {id: inv-2, profile: energy-meter, role: cooling, validFrom: 2026-12-01T00:00:00Z}
                """);
        return Expectations.of(AgentFile.read(Files.writeString(folder.resolve("agent.yaml"), """
                        agent: edge-1
                        site: casa1
                        kafka: {bootstrap: "127.0.0.1:9"}
                        journal: {path: j.db}
                        mqtt:
                          - url: tcp://127.0.0.1:1
                            mappings: [{use: tasmota-energy, devices: {plug: listed-1}}]
                        coap: [{device: room-1, uri: "coap://127.0.0.1/senml"}]
                        silence: {site: site.yaml, expected: {rare: P1D}}
                        """)), () -> now);
    }
}
