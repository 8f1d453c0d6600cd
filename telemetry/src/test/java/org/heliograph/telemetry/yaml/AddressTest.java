package org.heliograph.telemetry.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    @ParameterizedTest
    @CsvSource({
        "tcp://broker:1884,   tcp://broker:1884",
        "mqtt://broker:1884,  tcp://broker:1884",
        "MQTT://broker:1884,  tcp://broker:1884",
        "mqtt://broker,       tcp://broker:1883",
        "ssl://broker:8884,   ssl://broker:8884",
        "mqtts://broker:8884, ssl://broker:8884",
        "mqtts://[::1],       ssl://[::1]:8883"
    })
    void what_others_call_mqtt_and_mqtts_is_known_and_so_are_their_ports(String text, String known) {
        assertThat(Address.mqtt(text)).isEqualTo(known);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "broker:1883",
                "http://broker:1883",
                "ws://broker:80",
                "tcp://",
                "tcp://a b c",
                "tcp://broker:",
                "tcp://broker:0",
                "tcp://broker:99999",
                "tcp://broker:1883/path",
                "tcp://::1"
            })
    void another_broker_is_refused_with_what_is_right(String text) {
        assertThatThrownBy(() -> Address.mqtt(text))
                .hasMessage("'" + text + "' is not tcp://host:port or ssl://host:port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "influx:8086", "ftp://influx", "http:///path", "tcp://influx:8086"})
    void what_is_no_http_server_is_refused_with_an_example(String text) {
        assertThatThrownBy(() -> Address.http(text, "http://here"))
                .hasMessage("'" + text + "' is not an address such as http://here");
        assertThat(Address.http("HTTPS://influx/path", "")).hasToString("HTTPS://influx/path");
    }

    @Test
    void a_password_is_refused_and_not_shown() {
        assertThatThrownBy(() -> Address.mqtt("tcp://edge:s3cret@broker:1883"))
                .hasMessage("carries a password, which belongs in a file of its own");
        for (String place :
                new String[] {"edge:s3cret@influx", "edge:s3cret@my_influx:8086", "edge:s3c/ret@influx:8086"}) {
            assertThatThrownBy(() -> Address.http("http://" + place, ""))
                    .hasMessage("carries a password, which belongs in a file of its own");
        }
        assertThatThrownBy(() -> Address.http("http://edge:s3 cret@influx", ""))
                .hasMessage("carries a password, which belongs in a file of its own");
    }
}
