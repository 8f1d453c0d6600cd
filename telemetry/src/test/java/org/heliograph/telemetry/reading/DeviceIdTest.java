package org.heliograph.telemetry.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceIdTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "7", "inv-01", "pdu-a01b", "CRAC_3", "urn.dev.x-1", "a.", "a-", "A1234"})
    void names_start_with_a_letter_or_digit(String name) {
        assertThat(new DeviceId("casa1", name).key()).isEqualTo("casa1/" + name);
        assertThat(new DeviceId(name, "x").site()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", ".", "..", "-a", "_a", " a", "a ", "a b", "a/b", "a#", "a+", "a:b", "é", "aé", "a\n", "\na",
                "a\u0000", "$SYS", "{1}", "٣"
            })
    void anything_that_could_break_a_topic_a_key_or_a_series_is_no_name(String name) {
        assertThat(DeviceId.isName(name)).isFalse();
        assertThatThrownBy(() -> new DeviceId("casa1", name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new DeviceId(name, "inv-01")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_name_has_64_characters_at_most() {
        assertThat(DeviceId.isName("a".repeat(64))).isTrue();
        assertThat(DeviceId.isName("a".repeat(65))).isFalse();
    }

    @Test
    void the_key_gives_the_device_back() {
        DeviceId device = new DeviceId("casa1", "pdu-a01b");
        assertThat(DeviceId.ofKey(device.key())).isEqualTo(device);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "casa1", "/", "casa1/", "/inv-01", "casa1/inv/01", "casa1//inv", "casa1/inv-01/"})
    void a_key_that_is_not_site_slash_device_is_refused(String key) {
        assertThatThrownBy(() -> DeviceId.ofKey(key)).isInstanceOf(IllegalArgumentException.class);
    }
}
