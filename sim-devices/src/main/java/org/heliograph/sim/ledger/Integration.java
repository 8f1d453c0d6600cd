package org.heliograph.sim.ledger;

import java.time.Instant;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Noise;
import org.heliograph.sim.plant.Plant;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;

/** Runs a plant second by second and books it. For one thread. */
public final class Integration {
    /** When the meters were installed: registers show what a meter of that age may have counted. */
    private static final long INSTALLED_SECOND =
            Instant.parse("2024-03-01T00:00:00Z").getEpochSecond();

    private final Plant plant;
    private final Ledger ledger;
    private final long[] cumulative;
    private final long[] lastSecond;
    private final Instant start;
    private long second;
    private Plant.Conditions conditions;

    /** @param start the first moment of the ledger, a whole minute */
    public Integration(Plant plant, Instant start) {
        if (start.getNano() != 0 || start.getEpochSecond() % 60 != 0) {
            throw new IllegalArgumentException("a ledger starts at a whole minute, not at " + start);
        }
        this.plant = plant;
        this.start = start;
        second = start.getEpochSecond();
        cumulative = lifetime(plant.layout(), second);
        lastSecond = new long[cumulative.length];
        conditions = plant.second(second - 1, lastSecond);
        ledger = new Ledger(plant.layout(), second);
        ledger.keep(cumulative);
    }

    public Ledger ledger() {
        return ledger;
    }

    /**
     * The first moment. What a register shows then is made up, so units that have different ones aren't the same units.
     */
    public Instant start() {
        return start;
    }

    /** The moment up to which everything is booked. */
    public Instant now() {
        return Instant.ofEpochSecond(second);
    }

    /** Books every second before {@code moment}. */
    public void advanceTo(Instant moment) {
        long end = moment.getEpochSecond();
        while (second < end) {
            conditions = plant.second(second, lastSecond);
            for (int i = 0; i < cumulative.length; i++) {
                cumulative[i] += lastSecond[i];
            }
            second++;
            if (second % 60 == 0) {
                ledger.keep(cumulative);
            }
        }
    }

    /** What the register of a column shows now. */
    public long millijoules(int column) {
        return cumulative[column];
    }

    /** The mean power of the last second. */
    public double watts(int column) {
        return lastSecond[column] / 1000.0;
    }

    /** What was going on in the last second. */
    public Plant.Conditions conditions() {
        return conditions;
    }

    public Layout layout() {
        return plant.layout();
    }

    private static long[] lifetime(Layout layout, long start) {
        long[] millijoules = new long[layout.width()];
        long age = Math.max(0, start - INSTALLED_SECOND);
        Noise odd = new Noise(INSTALLED_SECOND);
        millijoules[layout.importColumn()] = counted(layout.itCapacityWatts() * 0.8, age, odd, 0);
        millijoules[layout.exportColumn()] = counted(layout.itCapacityWatts() * 0.002, age, odd, 1);
        for (Device device : layout.devices()) {
            Role role = device.role();
            if (role != Role.GRID && role != Role.ROOM) {
                int column = layout.first(role) + layout.of(role).indexOf(device);
                millijoules[column] = counted(layout.ratingWatts(device) * usualShare(role), age, odd, column);
            }
        }
        return millijoules;
    }

    private static long counted(double watts, long seconds, Noise odd, int column) {
        return (long) (watts * seconds * 1000 * (0.9 + 0.2 * odd.uniform(column)));
    }

    private static double usualShare(Role role) {
        return switch (role) {
            case PV -> 0.2;
            case UPS, FLOOR_PDU, IT, COOLING, AUXILIARY -> 0.4;
            case GRID, BATTERY, GENERATOR, ROOM -> 0;
        };
    }
}
