package org.heliograph.streams.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Properties;
import java.util.regex.Pattern;

/** The words and numbers of a report in a language. */
final class Language {
    private static final double PERCENT_STEPS = 1e4;
    private static final double INEXACTNESS = 1e-9;
    /** How a format writes what is below nothing, but not by as much as it shows. */
    private static final Pattern NOTHING_LESS = Pattern.compile("-0([.,]0+)?");

    private final Locale locale;
    private final Properties texts = new Properties();

    private Language(Locale locale) {
        this.locale = locale;
        String name = "/heliograph/report_" + locale.getLanguage() + ".properties";
        try (InputStream in = Language.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing");
            }
            texts.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Language of(ReportFiles.Lang language) {
        return new Language(
                switch (language) {
                    case EN -> Locale.ENGLISH;
                    case FR -> Locale.FRENCH;
                });
    }

    String tag() {
        return locale.getLanguage();
    }

    /** @throws IllegalStateException if the language lacks it */
    String text(String key) {
        String text = texts.getProperty(key);
        if (text == null) {
            throw new IllegalStateException("report_" + tag() + " has no " + key);
        }
        return text;
    }

    Optional<String> note(String key) {
        return Optional.ofNullable(texts.getProperty(key + ".note"));
    }

    /** What something is, as people of the language set it. */
    String saying(String key, String value) {
        return text(key) + (locale.equals(Locale.FRENCH) ? "\u00a0: " : ": ") + value;
    }

    /** Why figures were restated; as the engine says it where it is newer than these words. */
    String cause(String label) {
        return label.isEmpty() ? text("unknown") : texts.getProperty("cause." + label, label);
    }

    /** A number as people of the language write it, or what is said of one that isn't known. */
    String number(OptionalDouble value, int decimals, String unit) {
        if (value.isEmpty()) {
            return text("unknown");
        }
        DecimalFormat format =
                new DecimalFormat("#,##0" + (decimals > 0 ? "." + "0".repeat(decimals) : ""), separators());
        String rounded = format.format(value.getAsDouble());
        String number = NOTHING_LESS.matcher(rounded).matches() ? rounded.substring(1) : rounded;
        return number + (unit.isEmpty() ? "" : "\u00a0" + unit);
    }

    /** Set here: a runtime without the languages' data, such as the packages', would write French numbers in English. */
    private DecimalFormatSymbols separators() {
        DecimalFormatSymbols symbols = DecimalFormatSymbols.getInstance(Locale.ROOT);
        if (locale.equals(Locale.FRENCH)) {
            symbols.setDecimalSeparator(',');
            symbols.setGroupingSeparator('\u00a0'); // French's own, the narrow one, is in few fonts
        }
        return symbols;
    }

    /** A coverage: never rounded up to all. */
    String coverage(double share) {
        return percent(Math.floor(share * PERCENT_STEPS) / PERCENT_STEPS);
    }

    /** How much is estimated: never rounded down to nothing, nor up for what a product of doubles is off. */
    String estimated(double share) {
        return percent(Math.ceil(share * PERCENT_STEPS - INEXACTNESS) / PERCENT_STEPS);
    }

    String percent(double share) {
        return number(OptionalDouble.of(share * 100), 2, "%");
    }
}
