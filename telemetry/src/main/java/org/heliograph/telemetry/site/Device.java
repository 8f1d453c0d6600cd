package org.heliograph.telemetry.site;

import java.time.Instant;
import java.util.Optional;
import org.heliograph.telemetry.quantity.Watts;

/**
 * A device as the site model has it for a time.
 *
 * @param area where it stands, {@code hall-1/row-a}; empty when the model doesn't say
 * @param serial the serial number of the unit installed then; empty when the model doesn't say
 * @param validFrom inclusive
 * @param validTo exclusive
 */
public record Device(
        String id,
        Profile profile,
        Role role,
        Optional<Watts> rating,
        String area,
        String serial,
        Instant validFrom,
        Instant validTo) {

    /** The most power that it can have: by its own rating, else by its profile's. */
    public Optional<Watts> ratedPower() {
        return rating.or(profile::rating);
    }

    public boolean isValidAt(Instant at) {
        return !at.isBefore(validFrom) && at.isBefore(validTo);
    }

    /** The same device, gone at that moment. */
    Device until(Instant end) {
        return new Device(id, profile, role, rating, area, serial, validFrom, end);
    }
}
