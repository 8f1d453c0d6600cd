package org.heliograph.agent.source.board;

import java.util.concurrent.atomic.AtomicLong;
import org.heliograph.telemetry.quantity.Millijoules;

/** Pulses to energy. */
final class PulseCounter {
    private final int pulsesPerKilowattHour;
    private final AtomicLong pulses;

    PulseCounter(long pulses, int pulsesPerKilowattHour) {
        this.pulses = new AtomicLong(pulses);
        this.pulsesPerKilowattHour = pulsesPerKilowattHour;
    }

    void pulse() {
        pulses.incrementAndGet();
    }

    long pulses() {
        return pulses.get();
    }

    /** The energy of a count, rounded down at the millijoule of the whole count: it never drifts. */
    Millijoules energy(long count) {
        long whole = Math.multiplyExact(count / pulsesPerKilowattHour, Millijoules.PER_KILOWATT_HOUR);
        long part = count % pulsesPerKilowattHour * Millijoules.PER_KILOWATT_HOUR / pulsesPerKilowattHour;
        return new Millijoules(Math.addExact(whole, part));
    }
}
