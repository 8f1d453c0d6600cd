package org.heliograph.streams.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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
                "INLET_HIGH, 28.4, the inlet is at 28.40 °C",
                "INVERTER_YIELD, 0.6, energy compared with the median of its neighbours: 60 %",
                "REMAINDER, 0.174, part of the site's energy that passes the meter and reaches none below it: 17 %",
                "LEAK, 2, leak: critical",
                "BREAKER, 0, the breaker is closed",
                "BREAKER, 7, the breaker is 7",
                "COOLING_EVENTS, 0, the unit's alarm bits: none",
                "COOLING_EVENTS, 4, the unit's alarm bits: 4",
                "SITE_MODEL, 1, the newest site model is refused"
            })
    void a_value_is_told_as_people_say_it(Watch watch, double value, String sentence) {
        assertThat(watch.say(value)).isEqualTo(sentence);
    }

    /** Of a model that is refused, what is wrong with it is the news: that is English. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SITE_MODEL")
    void the_page_has_french_words_for_it(Watch watch) throws IOException {
        String words = between(script(), "const WATCHES_FR = {", "};");
        List<String> named = IntStream.of(1, 2)
                .filter(value -> !watch.say(value).contains(" " + value))
                .mapToObj(value -> watch.label() + "_" + value)
                .toList();
        assertThat(named.isEmpty() ? List.of(watch.label()) : named)
                .allSatisfy(name -> assertThat(words).containsPattern("[ ']" + name + "'?: '"));
    }

    private static String script() throws IOException {
        try (InputStream words = WatchTest.class.getResourceAsStream("/heliograph/page/words.js")) {
            return new String(words.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin);
        return text.substring(from, text.indexOf(end, from));
    }
}
