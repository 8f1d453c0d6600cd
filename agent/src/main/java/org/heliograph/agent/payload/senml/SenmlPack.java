package org.heliograph.agent.payload.senml;

import java.math.BigDecimal;
import java.util.Optional;
import org.heliograph.agent.payload.Refusal;
import org.heliograph.agent.payload.Samples;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.jspecify.annotations.Nullable;

/** The samples found so far in the resolved records of a pack. */
final class SenmlPack {
    /** The name under which a device tells its serial number. */
    private static final String SERIAL = "serial";

    private final String site;
    private @Nullable Samples samples;
    private boolean relative;
    private boolean absolute;
    private @Nullable Refusal passedOver;
    private boolean understood;

    /** @param device null for the one that the names say */
    SenmlPack(String site, @Nullable DeviceId device) {
        this.site = site;
        this.samples = device == null ? null : new Samples(device);
    }

    void add(Resolution.Resolved resolved) throws Refusal {
        String name = resolved.name();
        int colon = name.lastIndexOf(':');
        Samples of = samples == null ? named(name, colon) : samples;
        samples = of;
        DeviceId device = of.device();
        if (colon >= 0 && !name.substring(0, colon).equals(device.device())) {
            throw new Refusal(Refusal.quoted(name) + " is not " + device.device()
                    + "'s to report: a device speaks only for itself");
        }
        String label = name.substring(colon + 1);
        if (!resolved.hasValue()) {
            // a sum alone is no reading of any point
            return;
        }
        if (!label.equals(SERIAL)) {
            sample(of, label, resolved);
        } else if (resolved.text() != null) {
            of.serial(resolved.text());
        } else {
            throw new Refusal("'" + SERIAL + "' is not a text");
        }
    }

    /** Empty when the device says only that it has no values. */
    Optional<Readings> readings() throws Refusal {
        if (passedOver != null && !understood) {
            throw passedOver;
        }
        if (samples == null) {
            throw new Refusal("no readings");
        }
        return samples.readings();
    }

    Stamp stamp() {
        if (relative) {
            return absolute ? Stamp.MIXED : Stamp.ARRIVAL;
        }
        return Stamp.DEVICE;
    }

    private Samples named(String name, int colon) throws Refusal {
        String device = name.substring(0, Math.max(0, colon));
        if (!DeviceId.isName(device)) {
            throw new Refusal(Refusal.quoted(name) + " doesn't say whose it is: {device}:{point}");
        }
        return new Samples(new DeviceId(site, device));
    }

    private void sample(Samples samples, String label, Resolution.Resolved resolved) throws Refusal {
        Optional<Point> known = Point.labelled(label);
        if (known.isEmpty()) {
            // devices say more than we ask for; who says nothing else has a wrong name
            passedOver = passedOver == null ? new Refusal(Refusal.quoted(label) + " is not a point") : passedOver;
            return;
        }
        understood = true;
        Point point = known.get();
        if (resolved.isAbsent()) {
            samples.absent();
            return;
        }
        long timeMillis = Samples.millis(resolved.timeSeconds(), 0);
        relative |= resolved.relative();
        absolute |= !resolved.relative();
        BigDecimal number = resolved.number();
        if (resolved.flag() != null) {
            samples.flag(point, timeMillis, resolved.flag());
        } else if (number != null) {
            samples.number(point, timeMillis, number, resolved.unit());
        } else {
            throw new Refusal("'" + label + "' is not a number");
        }
    }
}
