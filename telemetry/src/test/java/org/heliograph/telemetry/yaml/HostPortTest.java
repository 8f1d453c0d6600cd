package org.heliograph.telemetry.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
    @Test
    void a_name_or_an_address_with_a_port_is_taken_apart() {
        assertThat(HostPort.parse("kafka-1.lan:9092", "")).isEqualTo(new HostPort("kafka-1.lan", 9092));
        assertThat(HostPort.parse("[fe80::1%eth0]:5683", "")).isEqualTo(new HostPort("fe80::1%eth0", 5683));
        assertThat(HostPort.parse("0.0.0.0:0", "")).isEqualTo(new HostPort("0.0.0.0", 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "host:", ":1", "host:65536", "host:1a", "::1:5683", "a b:1", "host:1:2"})
    void anything_else_is_answered_with_the_message(String text) {
        assertThatThrownBy(() -> HostPort.parse(text, "no address")).hasMessage("no address");
    }

    @Test
    void what_is_there_already_has_a_port() {
        assertThat(HostPort.known("host:1", "")).isEqualTo(new HostPort("host", 1));
        assertThatThrownBy(() -> HostPort.known("host:0", "no port")).hasMessage("no port");
    }

    @Test
    void brokers_may_be_named_as_they_show_themselves() {
        String shown = "PLAINTEXT://kafka:9092, SASL_SSL://[::1]:9093,k:1";
        assertThat(HostPort.knownList(shown)).isEqualTo(shown);
        assertThatThrownBy(() -> HostPort.knownList("PLAINTEXT://kafka"))
                .hasMessage("'PLAINTEXT://kafka' is not host:port");
    }
}
