package org.heliograph.agent.payload;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.quantity.Scale;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;

/**
 * One device's samples as they are decoded. Decimals become millijoules or doubles here, energies without ever being a
 * floating point number; what can be no reading is refused with a sentence.
 */
public final class Samples {
    /** A serial number longer than this is none. */
    public static final int SERIAL_LENGTH_MAX = 64;

    /** Beyond the range of a double, and of any energy; keeps arithmetic with absurd exponents from filling the memory. */
    private static final int EXPONENT_MAX = 350;

    /** A clock that shows less was never set: devices start at 1970, or at the year of their firmware's library. */
    private static final Instant SET_SINCE = Instant.parse("2015-01-01T00:00:00Z");

    /**
     * The smallest integers of 16, 32 and 64 bits, with which devices say that they have no value: no register counts down
     * to them. (The largest are the engine's to know: there are registers that reach them.)
     */
    private static final Set<BigInteger> NO_VALUE = Set.of(
            BigInteger.valueOf(Short.MIN_VALUE),
            BigInteger.valueOf(Integer.MIN_VALUE),
            BigInteger.valueOf(Long.MIN_VALUE));

    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private final DeviceId device;
    private final Sampling sampling = new Sampling();
    private String serial = "";
    private boolean absences;

    public Samples(DeviceId device) {
        this.device = device;
    }

    public DeviceId device() {
        return device;
    }

    /** @param unit empty for the point's own */
    public void number(Point point, long timeMillis, BigDecimal number, String unit) throws Refusal {
        Scale scale = point.unit()
                .from(unit)
                .orElseThrow(() -> new Refusal("'" + point.label() + "' is in "
                        + (point.unit().symbol().isEmpty()
                                ? "no unit"
                                : point.unit().symbol()) + ", not in " + Refusal.quoted(unit)));
        number(point, timeMillis, scale.apply(number));
    }

    /** A number in the point's own unit. */
    public void number(Point point, long timeMillis, BigDecimal number) throws Refusal {
        if (point.isRegister() && isNoValue(number)) {
            absent();
        } else if (point.isRegister()) {
            sampling.register(point, timeMillis, millijoules(point, number));
        } else {
            double value = number.doubleValue();
            if (!Double.isFinite(value)) {
                throw new Refusal("'" + point.label() + "' is out of range");
            }
            sampling.gauge(point, timeMillis, value);
        }
    }

    /** The device says that it has no value of something now. */
    public void absent() {
        absences = true;
    }

    /** A yes or no, which only contacts are. */
    public void flag(Point point, long timeMillis, boolean flag) throws Refusal {
        if (point != Point.LEAK && point != Point.DOOR && point != Point.BREAKER) {
            throw new Refusal("'" + point.label() + "' is not a yes or no");
        }
        sampling.gauge(point, timeMillis, flag ? 1 : 0);
    }

    /** The serial number that the device tells; the same one each time. */
    public void serial(String given) throws Refusal {
        if (given.isBlank() || given.length() > SERIAL_LENGTH_MAX) {
            throw new Refusal("a serial number is a text of 1 to " + SERIAL_LENGTH_MAX + " characters");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(given)) {
            // half a character would change on its way, and a serial number that changes is another device
            throw new Refusal("a serial number that is no text in Unicode");
        }
        if (!serial.isEmpty() && !serial.equals(given)) {
            throw new Refusal("two serial numbers, '" + serial + "' and '" + given + "'");
        }
        serial = given;
    }

    /** Empty when all that the device says is that it has no values. */
    public Optional<Readings> readings() throws Refusal {
        if (!sampling.isEmpty()) {
            return Optional.of(new Readings(device, serial, sampling.series()));
        }
        if (absences) {
            return Optional.empty();
        }
        throw new Refusal("no readings");
    }

    /** The number, if arithmetic with it is cheap: to be asked before any. */
    public static BigDecimal bounded(String label, BigDecimal number) throws Refusal {
        long exponent = (long) number.precision() - number.scale();
        if (exponent > EXPONENT_MAX || exponent < -EXPONENT_MAX || number.scale() > 2 * EXPONENT_MAX) {
            throw new Refusal("'" + label + "' is out of range");
        }
        return number;
    }

    /** Whether a clock that shows this has ever been set. */
    public static boolean isSet(Instant time) {
        return !time.isBefore(SET_SINCE);
    }

    /** Epoch milliseconds of so many seconds after an origin. */
    public static long millis(BigDecimal seconds, long originMillis) throws Refusal {
        BigDecimal millis =
                seconds.movePointRight(3).setScale(0, RoundingMode.HALF_EVEN).add(BigDecimal.valueOf(originMillis));
        if (millis.signum() < 0 || millis.compareTo(BigDecimal.valueOf(LATEST.toEpochMilli())) > 0) {
            throw new Refusal("a time of " + seconds.round(new MathContext(15)) + " s is out of range");
        }
        return millis.longValueExact();
    }

    /** Whatever power of ten it was scaled by on its way. */
    private static boolean isNoValue(BigDecimal number) {
        return number.signum() < 0
                && NO_VALUE.contains(number.stripTrailingZeros().unscaledValue());
    }

    private static long millijoules(Point point, BigDecimal wattHours) throws Refusal {
        if (wattHours.signum() < 0) {
            throw new Refusal("'" + point.label() + "' is negative: a register counts up from 0");
        }
        try {
            return Millijoules.ofWattHours(wattHours).value();
        } catch (ArithmeticException _) {
            throw new Refusal("'" + point.label() + "' is out of range");
        }
    }
}
