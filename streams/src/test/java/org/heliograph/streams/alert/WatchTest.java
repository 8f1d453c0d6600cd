package org.heliograph.streams.alert;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatchTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "SILENCE, 0, no reading for 0 s",
                "SILENCE, 119.5, no reading for 119.50 s",
                "SILENCE, 121, no reading for 2 min 1 s",
                "SILENCE, 86400, no reading for 1 d",
                "READINGS_AGE, 3918.35, age of the site's newest reading: 1 h 5 min",
                "CLOCK_BEHIND, 93600, the device's timestamps are behind those of its agent's other devices by 1 d 2 h",
                "PACKS_MISSING, 300, packs that the agent numbered lately and that never arrived: 300",
                "INLET_HIGH, 28.4, the inlet is at 28.40 °C"
            })
    void a_time_is_told_as_people_say_it(Watch watch, double value, String sentence) {
        assertThat(watch.say(value)).isEqualTo(sentence);
    }
}
