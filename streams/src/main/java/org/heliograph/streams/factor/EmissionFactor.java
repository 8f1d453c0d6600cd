package org.heliograph.streams.factor;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Comparator;
import java.util.regex.Pattern;
import org.heliograph.telemetry.quantity.Millijoules;

/**
 * Mass of CO2 equivalent for each energy taken from the grid, or given by a generator, over a time: one version of a
 * published factor, or one point of an intensity series.
 *
 * @param version of a published factor, its number; of a series, how sure the point is: see {@link IntensityPoint}
 * @param microgramsPerKilowattHour g/kWh times 1,000,000, so that published factors are exact
 * @param validFrom the first moment that it is for
 * @param validTo the first moment that it is no longer for
 */
public record EmissionFactor(
        String id, String version, String source, long microgramsPerKilowattHour, Instant validFrom, Instant validTo) {
    public static final Instant ALWAYS = Instant.EPOCH;
    public static final Instant FOR_EVER = Instant.parse("9999-01-01T00:00:00Z");

    /** Versions in the order of their numbers: 2 before 10, 3.1 before 3.2. */
    static final Comparator<String> BY_NUMBERS = EmissionFactor::compareNumbers;

    /** Ten times the dirtiest grid. */
    private static final BigDecimal MOST_GRAMS = BigDecimal.valueOf(10_000);

    private static final int MOST_DIGITS = 30;
    private static final int MICROGRAM_DIGITS = 6;
    private static final int LONGEST_SOURCE = 500;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern VERSION = Pattern.compile("[0-9]{1,9}([.-][0-9]{1,9}){0,7}");

    /**
     * A published factor.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    public static EmissionFactor published(
            String id, String version, String source, long microgramsPerKilowattHour, Instant from, Instant to) {
        require(ID.matcher(id).matches(), "'" + id + "' is not a factor's id: letters, digits, '.', '_' and '-'");
        require(Feed.of(id).isEmpty(), "'" + id + "' is an intensity series, not a factor");
        require(
                VERSION.matcher(version).matches(),
                "'" + version + "' is not a version: numbers joined by '.' or '-', so that the newest is known");
        require(!source.isBlank() && source.length() <= LONGEST_SOURCE, "the source is missing, or too long");
        require(from.isBefore(to), "validTo is not after validFrom");
        return new EmissionFactor(id, version, source, microgramsPerKilowattHour, from, to);
    }

    /**
     * Micrograms of a number of g/kWh, rounded half up beyond six decimals.
     *
     * @throws IllegalArgumentException if it is no intensity that a grid can have
     */
    public static long micrograms(BigDecimal grams) {
        boolean sane = Math.abs((long) grams.scale()) <= MOST_DIGITS && grams.precision() <= MOST_DIGITS;
        if (!sane || grams.signum() < 0 || grams.compareTo(MOST_GRAMS) > 0) {
            throw new IllegalArgumentException("the intensity is not between 0 and " + MOST_GRAMS + " g/kWh");
        }
        return grams.movePointRight(MICROGRAM_DIGITS)
                .setScale(0, RoundingMode.HALF_UP)
                .longValueExact();
    }

    /** Micrograms of CO2 equivalent for an energy, rounded half up. */
    public long micrograms(long millijoules) {
        long product = millijoules * microgramsPerKilowattHour;
        long half = Millijoules.PER_KILOWATT_HOUR / 2;
        if (Math.multiplyHigh(millijoules, microgramsPerKilowattHour) == product >> (Long.SIZE - 1)
                && product <= Long.MAX_VALUE - half) {
            return Math.floorDiv(product + half, Millijoules.PER_KILOWATT_HOUR);
        }
        BigInteger[] quotient = BigInteger.valueOf(millijoules)
                .multiply(BigInteger.valueOf(microgramsPerKilowattHour))
                .add(BigInteger.valueOf(half))
                .divideAndRemainder(BigInteger.valueOf(Millijoules.PER_KILOWATT_HOUR));
        return quotient[0]
                .subtract(quotient[1].signum() < 0 ? BigInteger.ONE : BigInteger.ZERO)
                .longValueExact();
    }

    public boolean isValidAt(Instant moment) {
        return !moment.isBefore(validFrom) && moment.isBefore(validTo);
    }

    /** What the figures name it by: {@code id@version}. */
    public String provenance() {
        return id + "@" + version;
    }

    private static int compareNumbers(String one, String other) {
        String[] ones = one.split("[.-]", -1);
        String[] others = other.split("[.-]", -1);
        for (int i = 0; i < Math.min(ones.length, others.length); i++) {
            int order = Long.compare(Long.parseLong(ones[i]), Long.parseLong(others[i]));
            if (order != 0) {
                return order;
            }
        }
        return ones.length == others.length ? one.compareTo(other) : Integer.compare(ones.length, others.length);
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
