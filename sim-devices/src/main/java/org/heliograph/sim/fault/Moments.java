package org.heliograph.sim.fault;

import java.time.Instant;

/** Of moments: which is the earlier, and which minute they lie in. */
final class Moments {
    private Moments() {}

    static Instant floor(Instant moment) {
        return Instant.ofEpochSecond(Math.floorDiv(moment.getEpochSecond(), 60L) * 60);
    }

    static Instant ceiling(Instant moment) {
        return Instant.ofEpochSecond(Math.ceilDiv(moment.getEpochSecond(), 60L) * 60);
    }

    static Instant latest(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    static Instant earliest(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
