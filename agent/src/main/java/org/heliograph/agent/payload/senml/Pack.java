package org.heliograph.agent.payload.senml;

import java.math.BigDecimal;
import java.time.Instant;
import org.heliograph.agent.payload.Refusal;
import org.heliograph.agent.payload.Samples;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;

/** A pack as it is resolved: the base fields that are in force, and the samples found so far. */
final class Pack {
    /** The name under which a device tells its serial number. */
    private static final String SERIAL = "serial";

    /** RFC 8428 section 4.5.3: a time below this is relative to now. */
    private static final BigDecimal RELATIVE_BELOW = BigDecimal.valueOf(1L << 28);

    private final DeviceId device;
    private final Instant arrival;
    private final Samples samples;
    private String baseName = "";
    private BigDecimal baseTime = BigDecimal.ZERO;
    private String baseUnit = "";
    private BigDecimal baseValue = BigDecimal.ZERO;
    private boolean relative;
    private boolean absolute;

    Pack(DeviceId device, Instant arrival) {
        this.device = device;
        this.arrival = arrival;
        this.samples = new Samples(device);
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
            if (senml.text == null) {
                throw new Refusal("'" + SERIAL + "' is not a text");
            }
            samples.serial(senml.text);
        } else {
            sample(label, senml);
        }
    }

    Readings readings() throws Refusal {
        return samples.readings();
    }

    Stamp stamp() {
        if (relative) {
            return absolute ? Stamp.MIXED : Stamp.ARRIVAL;
        }
        return Stamp.DEVICE;
    }

    /** The point's label in a resolved name, which may say again whose it is. */
    private String ownLabel(String name) throws Refusal {
        if (!isName(name)) {
            throw new Refusal(Refusal.quoted(name) + " is not a name");
        }
        int colon = name.lastIndexOf(':');
        if (colon >= 0 && !name.substring(0, colon).equals(device.device())) {
            throw new Refusal(Refusal.quoted(name) + " is not " + device.device()
                    + "'s to report: a device speaks only for itself");
        }
        return name.substring(colon + 1);
    }

    private void sample(String label, SenmlRecord senml) throws Refusal {
        Point point = Point.labelled(label).orElseThrow(() -> new Refusal(Refusal.quoted(label) + " is not a point"));
        long timeMillis = timeMillis(senml.time == null ? baseTime : baseTime.add(senml.time));
        if (senml.flag != null) {
            samples.flag(point, timeMillis, senml.flag);
        } else if (senml.number != null) {
            samples.number(point, timeMillis, baseValue.add(senml.number), senml.unit == null ? baseUnit : senml.unit);
        } else {
            throw new Refusal("'" + label + "' is not a number");
        }
    }

    private long timeMillis(BigDecimal seconds) throws Refusal {
        boolean counts = seconds.compareTo(RELATIVE_BELOW) < 0;
        relative |= counts;
        absolute |= !counts;
        return Samples.millis(seconds, counts ? arrival.toEpochMilli() : 0);
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
