package org.heliograph.agent;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code 90s}, {@code 5m}, {@code 2h}, or ISO 8601. */
final class TimeOption implements ITypeConverter<Duration> {
    /** Longer ones are slips of the keyboard, up to what no clock can count. */
    private static final Duration LONGEST = Duration.ofDays(366);

    @Override
    public Duration convert(String text) {
        String iso = text.startsWith("P") ? text : "PT" + text.toUpperCase(Locale.ROOT);
        try {
            Duration time = Duration.parse(iso);
            if (time.isPositive() && time.compareTo(LONGEST) <= 0) {
                return time;
            }
        } catch (DateTimeException _) {
            // said below
        }
        throw new TypeConversionException("'" + text + "' is not a time such as 30s or 5m");
    }
}
