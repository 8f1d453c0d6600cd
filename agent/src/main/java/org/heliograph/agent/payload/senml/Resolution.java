package org.heliograph.agent.payload.senml;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import org.heliograph.agent.payload.Refusal;
import org.jspecify.annotations.Nullable;

/** A pack as it is resolved (RFC 8428 section 4.6): the base fields that are in force. */
final class Resolution {
    /** RFC 8428 section 4.5.3: a time below this is relative to now. */
    private static final BigDecimal RELATIVE_BELOW = BigDecimal.valueOf(1L << 28);

    /** RFC 8428 itself; RFC 9100 adds powers of two for features that a pack uses. */
    private static final int VERSION = 10;
    /** Secondary units (RFC 8798), the one feature that there is. */
    private static final int VERSION_SECONDARY_UNITS = VERSION + (1 << 4);

    private final BigDecimal nowSeconds;
    private @Nullable BigDecimal version;
    private String baseName = "";
    private BigDecimal baseTime = BigDecimal.ZERO;
    private String baseUnit = "";
    private BigDecimal baseValue = BigDecimal.ZERO;
    private BigDecimal baseSum = BigDecimal.ZERO;

    Resolution(Instant now) {
        nowSeconds = BigDecimal.valueOf(now.toEpochMilli(), 3);
    }

    /**
     * A record that says by itself all that it means. It has one value, or none but a sum.
     *
     * @param unit empty when none is given
     * @param timeSeconds since 1970
     * @param relative whether the time counts from now
     * @param isAbsent whether the value is NaN or an infinity
     */
    record Resolved(
            String name,
            String unit,
            BigDecimal timeSeconds,
            boolean relative,
            @Nullable BigDecimal number,
            @Nullable String text,
            @Nullable Boolean flag,
            boolean hasData,
            boolean isAbsent,
            @Nullable BigDecimal sum) {
        boolean hasValue() {
            return number != null || text != null || flag != null || hasData || isAbsent;
        }
    }

    /** Empty for a record that only sets base fields. */
    Optional<Resolved> resolve(SenmlRecord senml) throws Refusal {
        if (senml.version != null) {
            version(senml.version);
        }
        baseName = senml.baseName == null ? baseName : senml.baseName;
        baseTime = senml.baseTime == null ? baseTime : senml.baseTime;
        baseUnit = senml.baseUnit == null ? baseUnit : senml.baseUnit;
        baseValue = senml.baseValue == null ? baseValue : senml.baseValue;
        baseSum = senml.baseSum == null ? baseSum : senml.baseSum;
        if (senml.isBaseOnly()) {
            return Optional.empty();
        }
        String name = senml.name == null ? baseName : baseName + senml.name;
        if (!isName(name)) {
            throw new Refusal(Refusal.quoted(name) + " is not a name");
        }
        int values = senml.values();
        if (values > 1) {
            throw new Refusal(Refusal.quoted(name) + " has " + values + " values");
        }
        if (values == 0 && senml.sum == null) {
            throw new Refusal(Refusal.quoted(name) + " has no value");
        }
        BigDecimal time = senml.time == null ? baseTime : baseTime.add(senml.time);
        boolean relative = time.compareTo(RELATIVE_BELOW) < 0;
        return Optional.of(new Resolved(
                name,
                senml.unit == null ? baseUnit : senml.unit,
                relative ? nowSeconds.add(time) : time,
                relative,
                senml.number == null ? null : baseValue.add(senml.number),
                senml.text,
                senml.flag,
                senml.hasData,
                senml.isAbsent,
                senml.sum == null ? null : baseSum.add(senml.sum)));
    }

    private void version(BigDecimal given) throws Refusal {
        if (given.compareTo(BigDecimal.valueOf(VERSION)) > 0
                && given.compareTo(BigDecimal.valueOf(VERSION_SECONDARY_UNITS)) != 0) {
            throw new Refusal("SenML version " + given.toPlainString() + " is newer than " + VERSION);
        }
        if (version != null && version.compareTo(given) != 0) {
            throw new Refusal("two versions in one pack, " + version.toPlainString() + " and " + given.toPlainString());
        }
        version = given;
    }

    private static boolean isName(String name) {
        if (name.isEmpty() || !isLetterOrDigit(name.charAt(0))) {
            return false;
        }
        for (int i = 1; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!isLetterOrDigit(c) && "-:./_".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
