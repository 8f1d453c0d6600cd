package org.heliograph.agent.payload.senml;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.quantity.Scale;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;

/** A pack as it is resolved: the base fields that are in force, and the samples found so far. */
final class Pack {
    /** The name under which a device tells its serial number. */
    private static final String SERIAL = "serial";

    private static final int SERIAL_LENGTH_MAX = 64;

    /** RFC 8428 section 4.5.3: a time below this is relative to now. */
    private static final BigDecimal RELATIVE_BELOW = BigDecimal.valueOf(1L << 28);

    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private final DeviceId device;
    private final Instant arrival;
    private final Sampling sampling = new Sampling();
    private String baseName = "";
    private BigDecimal baseTime = BigDecimal.ZERO;
    private String baseUnit = "";
    private BigDecimal baseValue = BigDecimal.ZERO;
    private String serial = "";

    Pack(DeviceId device, Instant arrival) {
        this.device = device;
        this.arrival = arrival;
    }

    void add(SenmlRecord senml) throws Refusal {
        baseName = senml.baseName == null ? baseName : senml.baseName;
        baseTime = senml.baseTime == null ? baseTime : senml.baseTime;
        baseUnit = senml.baseUnit == null ? baseUnit : senml.baseUnit;
        baseValue = senml.baseValue == null ? baseValue : senml.baseValue;
        String label = ownLabel(senml.name == null ? baseName : baseName + senml.name);
        int values = senml.values();
        if (values > 1) {
            throw new Refusal("'" + label + "' has " + values + " values");
        }
        if (values == 0) {
            if (!senml.hasSum) {
                throw new Refusal("'" + label + "' has no value");
            }
            // a sum alone is no reading of any point
            return;
        }
        if (label.equals(SERIAL)) {
            serial(senml);
        } else {
            sample(label, senml);
        }
    }

    Readings readings() throws Refusal {
        if (sampling.isEmpty()) {
            throw new Refusal("no readings");
        }
        return new Readings(device, serial, sampling.series());
    }

    /** The point's label in a resolved name, which may say again whose it is. */
    private String ownLabel(String name) throws Refusal {
        if (!isName(name)) {
            throw new Refusal("'" + shortened(name) + "' is not a name");
        }
        int colon = name.lastIndexOf(':');
        if (colon >= 0 && !name.substring(0, colon).equals(device.device())) {
            throw new Refusal("'" + shortened(name) + "' is not " + device.device()
                    + "'s to report: a device speaks only for itself");
        }
        return name.substring(colon + 1);
    }

    private void sample(String label, SenmlRecord senml) throws Refusal {
        Point point = Point.labelled(label).orElseThrow(() -> new Refusal("'" + shortened(label) + "' is not a point"));
        long timeMillis = timeMillis(senml.time == null ? baseTime : baseTime.add(senml.time));
        if (senml.flag != null) {
            if (point != Point.LEAK && point != Point.DOOR && point != Point.BREAKER) {
                throw new Refusal("'" + label + "' is not a yes or no");
            }
            sampling.gauge(point, timeMillis, senml.flag ? 1 : 0);
            return;
        }
        if (senml.number == null) {
            throw new Refusal("'" + label + "' is not a number");
        }
        String unit = senml.unit == null ? baseUnit : senml.unit;
        Scale scale = point.unit()
                .from(unit)
                .orElseThrow(() -> new Refusal("'" + label + "' is in "
                        + (point.unit().symbol().isEmpty()
                                ? "no unit"
                                : point.unit().symbol()) + ", not in '"
                        + shortened(unit) + "'"));
        BigDecimal value = scale.apply(baseValue.add(senml.number));
        if (point.isRegister()) {
            sampling.register(point, timeMillis, millijoules(label, value));
        } else {
            double number = value.doubleValue();
            if (!Double.isFinite(number)) {
                throw new Refusal("'" + label + "' is out of range");
            }
            sampling.gauge(point, timeMillis, number);
        }
    }

    private static long millijoules(String label, BigDecimal wattHours) throws Refusal {
        if (wattHours.signum() < 0) {
            throw new Refusal("'" + label + "' is negative: a register counts up from 0");
        }
        try {
            return Millijoules.ofWattHours(wattHours).value();
        } catch (ArithmeticException _) {
            throw new Refusal("'" + label + "' is out of range");
        }
    }

    private void serial(SenmlRecord senml) throws Refusal {
        String given = senml.text;
        if (given == null || given.isBlank() || given.length() > SERIAL_LENGTH_MAX) {
            throw new Refusal("'" + SERIAL + "' is not a text of 1 to " + SERIAL_LENGTH_MAX + " characters");
        }
        if (!serial.isEmpty() && !serial.equals(given)) {
            throw new Refusal("two serial numbers, '" + serial + "' and '" + given + "'");
        }
        serial = given;
    }

    private long timeMillis(BigDecimal seconds) throws Refusal {
        BigDecimal millis = seconds.movePointRight(3).setScale(0, RoundingMode.HALF_EVEN);
        if (seconds.compareTo(RELATIVE_BELOW) < 0) {
            millis = millis.add(BigDecimal.valueOf(arrival.toEpochMilli()));
        }
        if (millis.signum() < 0 || millis.compareTo(BigDecimal.valueOf(LATEST.toEpochMilli())) > 0) {
            throw new Refusal("a time of " + seconds.round(new java.math.MathContext(15)) + " s is out of range");
        }
        return millis.longValueExact();
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

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}
