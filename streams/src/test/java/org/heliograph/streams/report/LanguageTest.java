package org.heliograph.streams.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class LanguageTest {
    /** A runtime that has nothing but the base module, and so no language but English. */
    @Test
    void french_numbers_are_french_where_java_knows_no_french() throws Exception {
        assertThat(printed("en")).isEqualTo("1,234,567.5\u00a0kWh 1,234\u00a0kWh");
        assertThat(printed("fr")).isEqualTo("1\u00a0234\u00a0567,5\u00a0kWh 1\u00a0234\u00a0kWh");
    }

    @Test
    void what_is_estimated_is_rounded_up_and_a_share_that_is_exact_is_not() {
        Language english = Language.of(ReportFiles.Lang.EN);
        for (int percent = 1; percent <= 100; percent++) {
            assertThat(english.estimated(percent * 432 / 43_200.0)).isEqualTo(english.percent(percent / 100.0));
        }
        assertThat(english.estimated(3_025 / 43_200.0)).isEqualTo(english.percent(0.0701));
        assertThat(english.estimated(1e-6)).isEqualTo(english.percent(0.0001));
    }

    @Test
    void a_loss_that_is_too_small_to_show_is_nothing() {
        Language french = Language.of(ReportFiles.Lang.FR);
        assertThat(french.number(OptionalDouble.of(-0.3), 0, "kg")).isEqualTo("0\u00a0kg");
        assertThat(french.number(OptionalDouble.of(-0.04), 1, "kg")).isEqualTo("0,0\u00a0kg");
        assertThat(french.number(OptionalDouble.of(-0.0), 0, "")).isEqualTo("0");
        assertThat(french.number(OptionalDouble.of(-0.3), 1, "kg")).isEqualTo("-0,3\u00a0kg");
        assertThat(french.number(OptionalDouble.of(-10), 0, "kg")).isEqualTo("-10\u00a0kg");
    }

    private static String printed(String language) throws IOException, InterruptedException {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--limit-modules",
                        "java.base",
                        "-Dstdout.encoding=UTF-8",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Printed.class.getName(),
                        language)
                .redirectErrorStream(true)
                .start();
        java.getOutputStream().close();
        String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(java.waitFor()).as(said).isZero();
        return said.strip();
    }

    static final class Printed {
        public static void main(String[] arguments) {
            Language language = Language.of(ReportFiles.Lang.valueOf(arguments[0].toUpperCase(Locale.ROOT)));
            System.out.println(language.number(OptionalDouble.of(1_234_567.5), 1, "kWh") + " "
                    + language.number(OptionalDouble.of(1234), 0, "kWh"));
        }
    }
}
