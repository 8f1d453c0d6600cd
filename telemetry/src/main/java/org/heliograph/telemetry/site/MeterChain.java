package org.heliograph.telemetry.site;

import java.time.Instant;
import java.util.Optional;

/** What can be wrong with the parent that a device names. */
final class MeterChain {
    /** From the utility meter to a socket there are four or five. */
    static final int MAX_DEPTH = 16;

    private MeterChain() {}

    /** A sentence, if the device's parent can't be one. */
    static Optional<String> fault(SiteModel model, Device device) {
        String parent = device.parent();
        if (parent.isEmpty()) {
            return Optional.empty();
        }
        if (!model.knows(parent)) {
            return Optional.of("'" + parent + "' is not a device of this site");
        }
        if (!device.role().countsEnergy()) {
            return Optional.of("a device in the role " + device.role().label() + " counts no energy: it has no parent");
        }
        Optional<Device> uncounted = model.device(parent, device.validFrom())
                .filter(other -> !other.role().countsEnergy());
        if (uncounted.isPresent()) {
            return Optional.of("'" + parent + "' counts no energy: it is in the role "
                    + uncounted.get().role().label());
        }
        return loop(model, device);
    }

    /**
     * All links of a loop hold at the moment when the last of them begins, and that is the start of a device in it: so
     * following each device upwards at its own start finds every loop.
     */
    private static Optional<String> loop(SiteModel model, Device device) {
        Instant at = device.validFrom();
        String upstream = device.parent();
        for (int depth = 1; !upstream.isEmpty(); depth++) {
            if (upstream.equals(device.id())) {
                return Optional.of("'" + device.id() + "' is upstream of itself");
            }
            if (depth > MAX_DEPTH) {
                return Optional.of("is in a chain of more than " + MAX_DEPTH + " meters");
            }
            upstream = model.device(upstream, at).map(Device::parent).orElse("");
        }
        return Optional.empty();
    }
}
