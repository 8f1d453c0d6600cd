package org.heliograph.streams.site;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.heliograph.telemetry.site.Role;

/**
 * What a minute says of the energy that the site used and of the solar part of it. Measured where the meters say it;
 * where it is the utility meter that doesn't, estimated from the parts that are metered; else not known.
 *
 * @param input {@code E_DC}
 * @param self {@code E_self}, the solar energy used on site
 */
public record Balance(Optional<Amount> input, Optional<Amount> self) {

    /** Millijoules. */
    public record Amount(long millijoules, boolean isEstimated) {}

    public static Balance of(SiteMinute minute) {
        Optional<Amount> input = input(minute);
        return new Balance(input, self(minute, input));
    }

    public boolean isEstimated() {
        return Stream.of(input, self).flatMap(Optional::stream).anyMatch(Amount::isEstimated);
    }

    /** A lost source is a hole: only for the utility meter does the domain have a substitute. */
    private static Optional<Amount> input(SiteMinute minute) {
        if (minute.coversInput()) {
            return Optional.of(new Amount(minute.inputMillijoules(), false));
        }
        OptionalLong parts = minute.coversGrid() ? OptionalLong.empty() : sumOfParts(minute);
        return parts.isPresent() ? Optional.of(new Amount(parts.getAsLong(), true)) : Optional.empty();
    }

    /**
     * Where the power goes: IT and its distribution from as far up as it is metered, cooling, auxiliaries. A lower bound:
     * losses further up aren't metered, those of the transformer and, unless the UPSs say what they draw, their own. Without
     * any meter of the cooling it would be no estimate at all.
     */
    private static OptionalLong sumOfParts(SiteMinute minute) {
        if (!minute.has(Role.COOLING) || !minute.covers(Role.COOLING) || !minute.covers(Role.AUXILIARY)) {
            return OptionalLong.empty();
        }
        for (Role it : new Role[] {Role.UPS, Role.FLOOR_PDU, Role.IT}) {
            if (minute.has(it) && minute.covers(it)) {
                long drawn = it == Role.UPS && minute.knowsReverse(it) ? minute.reverse(it) : minute.forward(it);
                return OptionalLong.of(drawn + minute.forward(Role.COOLING) + minute.forward(Role.AUXILIARY));
            }
        }
        return OptionalLong.empty();
    }

    private static Optional<Amount> self(SiteMinute minute, Optional<Amount> input) {
        if (!minute.has(Role.PV) || !minute.covers(Role.PV)) {
            return Optional.empty();
        }
        if (minute.coversExport()) {
            return minute.covers(Role.BATTERY)
                    ? Optional.of(new Amount(measuredSelf(minute), false))
                    : Optional.empty();
        }
        return input.map(load -> new Amount(estimatedSelf(minute, load.millijoules()), true));
    }

    /**
     * PV less what was exported of it. What the battery gives, net of what it takes in the same minute, is exported before
     * PV is: so this is what it would be had the battery rested, with that much less exported or more imported, and energy
     * that was stored never counts as solar. What the battery takes is not exported, so solar energy counts when it is
     * stored.
     */
    private static long measuredSelf(SiteMinute minute) {
        long fromBattery = Math.max(0, minute.forward(Role.BATTERY) - minute.reverse(Role.BATTERY));
        long exported = Math.max(0, minute.reverse(Role.GRID) - fromBattery);
        return Math.max(0, minute.forward(Role.PV) - exported);
    }

    /** As much of PV as the load, and a battery that is charging, could take in this minute. */
    private static long estimatedSelf(SiteMinute minute, long load) {
        long intoBattery = minute.covers(Role.BATTERY)
                ? Math.max(0, minute.reverse(Role.BATTERY) - minute.forward(Role.BATTERY))
                : 0;
        return Math.clamp(load + intoBattery, 0, Math.max(0, minute.forward(Role.PV)));
    }
}
