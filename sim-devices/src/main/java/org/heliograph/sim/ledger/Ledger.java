package org.heliograph.sim.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Layout.Loss;
import org.heliograph.sim.plant.Plant;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;

/**
 * Cumulative energies at every minute boundary since the ledger's start. One thread writes (an {@link Integration}),
 * any number may read.
 */
public final class Ledger {
    /** Older minutes are forgotten: about 4 KB each for the whole site. */
    public static final Duration REACH = Duration.ofDays(40);

    private static final int MAX_MINUTES = (int) REACH.toMinutes();

    private static final long MINUTE_SECONDS = 60;

    private final Layout layout;
    private final List<long[]> minutes = new ArrayList<>();
    private long firstMinute;

    Ledger(Layout layout, long startSecond) {
        this.layout = layout;
        firstMinute = startSecond / MINUTE_SECONDS;
    }

    /**
     * The truth of a site without any devices: the same, minute by minute, as that of a run with the same site, seed and
     * load.
     *
     * @param from a whole minute; so is {@code to}
     */
    public static Ledger of(Plant plant, Instant from, Instant to) {
        Integration integration = new Integration(plant, from);
        integration.advanceTo(to);
        return integration.ledger();
    }

    synchronized void keep(long[] cumulative) {
        minutes.add(cumulative.clone());
        if (minutes.size() > MAX_MINUTES + 1) {
            int forgotten = minutes.size() - MAX_MINUTES - 1 + MAX_MINUTES / 40;
            minutes.subList(0, forgotten).clear();
            firstMinute += forgotten;
        }
    }

    /** The first moment that it knows. */
    public synchronized Instant start() {
        return Instant.ofEpochSecond(firstMinute * MINUTE_SECONDS);
    }

    /** The last whole minute that it knows. */
    public synchronized Instant end() {
        return Instant.ofEpochSecond((firstMinute + minutes.size() - 1) * MINUTE_SECONDS);
    }

    /** Whether a device shows such a register: not each of its profile's is one of the simulated plant's. */
    public boolean hasRegister(Device device, Point register) {
        return register.isRegister() && layout.column(device, register).isPresent();
    }

    /** The devices whose energy it knows, in the order of the site's model. */
    public List<Device> devices() {
        return layout.model().devices().stream()
                .filter(device -> device.role().countsEnergy())
                .filter(device -> hasRegister(device, Point.ENERGY) || hasRegister(device, Point.ENERGY_IMPORT))
                .toList();
    }

    /**
     * What a device's register shows at the end of a minute.
     *
     * @throws IllegalArgumentException if the moment is no whole minute or out of the ledger's range, or if there is no
     *     such register
     */
    public long registerMillijoules(String device, Point register, Instant at) {
        return at(at)[column(device, register)];
    }

    /** The energy that a device's register counted in a window of whole minutes. */
    public long energyMillijoules(String device, Point register, Instant from, Instant to) {
        int column = column(device, register);
        return at(to)[column] - at(from)[column];
    }

    /** @throws IllegalArgumentException if the window is not of whole minutes, or out of the ledger's range */
    public SiteTruth truth(Instant from, Instant to) {
        long[] before = at(from);
        long[] after = at(to);
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("the window ends at " + to + ", before it begins at " + from);
        }
        return new SiteTruth(
                from,
                to,
                after[layout.importColumn()] - before[layout.importColumn()],
                after[layout.exportColumn()] - before[layout.exportColumn()],
                sum(before, after, Role.PV),
                sum(before, after, Role.UPS),
                sum(before, after, Role.FLOOR_PDU),
                sum(before, after, Role.IT),
                sum(before, after, Role.COOLING),
                sum(before, after, Role.AUXILIARY),
                loss(before, after, Loss.FEEDER),
                loss(before, after, Loss.FLOOR_PDU),
                loss(before, after, Loss.UPS),
                loss(before, after, Loss.TRANSFORMER));
    }

    /** The windows of that length, one after the other; the last may be shorter. */
    public List<SiteTruth> windows(Instant from, Instant to, Duration length) {
        List<SiteTruth> windows = new ArrayList<>();
        for (Instant start = from; start.isBefore(to); start = start.plus(length)) {
            Instant end = start.plus(length);
            windows.add(truth(start, end.isAfter(to) ? to : end));
        }
        return windows;
    }

    public List<SiteTruth> minutes(Instant from, Instant to) {
        return windows(from, to, Duration.ofMinutes(1));
    }

    /** What the energies of a window emitted and avoided, minute by minute. */
    public CarbonTruth carbon(Instant from, Instant to, GridFactors factors) {
        return minutes(from, to).stream()
                .map(minute -> new CarbonTruth(
                        factors.averageMicrograms(minute.selfMillijoules()),
                        factors.marginalMicrograms(minute.selfMillijoules()),
                        factors.averageMicrograms(minute.exportMillijoules()),
                        factors.averageMicrograms(minute.importMillijoules())))
                .reduce(CarbonTruth.NONE, CarbonTruth::plus);
    }

    private synchronized long[] at(Instant moment) {
        long second = moment.getEpochSecond();
        if (moment.getNano() != 0 || second % MINUTE_SECONDS != 0) {
            throw new IllegalArgumentException(moment + " is not a whole minute");
        }
        long index = second / MINUTE_SECONDS - firstMinute;
        if (index < 0 || index >= minutes.size()) {
            throw new IllegalArgumentException(moment + " is not between " + start() + " and " + end());
        }
        return minutes.get((int) index);
    }

    private int column(String id, Point register) {
        for (Device device : layout.devices()) {
            if (device.id().equals(id)) {
                return layout.column(device, register)
                        .orElseThrow(() -> new IllegalArgumentException(id + " has no " + register.label()));
            }
        }
        throw new IllegalArgumentException("there is no device " + id);
    }

    private long sum(long[] before, long[] after, Role role) {
        long sum = 0;
        for (int i = layout.first(role);
                i < layout.first(role) + layout.of(role).size();
                i++) {
            sum += after[i] - before[i];
        }
        return sum;
    }

    private long loss(long[] before, long[] after, Loss loss) {
        return after[layout.column(loss)] - before[layout.column(loss)];
    }
}
