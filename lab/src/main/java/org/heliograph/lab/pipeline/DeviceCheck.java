package org.heliograph.lab.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.heliograph.lab.pipeline.LedgerCheck.Difference;
import org.heliograph.lab.server.Row;
import org.heliograph.sim.fault.Effect;
import org.heliograph.sim.fault.FaultLedger;
import org.heliograph.sim.fault.Outcome;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;

/**
 * The devices beside their truths. Of those without faults each hour's energy is equal to the millijoule: a site's figures
 * are sums, the same when two devices have changed places. Of those that had faults the minutes are looked at. A minute of which no fault says otherwise is equal to
 * the millijoule; the total of a stretch that loses only its distribution is, too; what the engine can't know is within
 * bounds; and a minute that isn't equal is marked, by a flag or by its coverage, if anybody can notice.
 */
public final class DeviceCheck {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private final FigureStore store;
    private final String site;
    private final Ledger ledger;
    private final FaultLedger faults;
    private final Map<String, SortedMap<Instant, Row>> rows = new HashMap<>();
    private final Map<String, Role> roles = new TreeMap<>();

    DeviceCheck(FigureStore store, Ledger ledger, FaultLedger faults, String site) {
        this.store = store;
        this.site = site;
        this.ledger = ledger;
        this.faults = faults;
        for (Effect effect : faults.effects()) {
            roles.put(effect.fault().device(), effect.role());
            rows.computeIfAbsent(effect.fault().device(), device -> {
                SortedMap<Instant, Row> minutes = new TreeMap<>();
                store.deviceMinutes(site, device, ledger.start(), ledger.end())
                        .forEach(row -> minutes.put(row.time("time"), row));
                return minutes;
            });
        }
    }

    /**
     * What became of one fault.
     *
     * @param storedMillijoules what the engine makes of the device's energy in that time
     * @param flags that it set
     */
    public record Told(Effect effect, long storedMillijoules, String flags, List<Difference> differences) {}

    /** Whether any minute in that time of a device with faults in one of these roles is marked. */
    boolean hasMarks(Set<Role> which, Instant from, Instant to) {
        return rows.entrySet().stream()
                .filter(device -> which.contains(roles.get(device.getKey())))
                .flatMap(device -> device.getValue().subMap(from, to).values().stream())
                .anyMatch(DeviceCheck::isMarked);
    }

    /** The minutes in which no device with faults lacks any of it. */
    long coveredMinutes(Instant from, Instant to) {
        long covered = 0;
        for (Instant minute = from; minute.isBefore(to); minute = minute.plus(MINUTE)) {
            Instant start = minute;
            boolean isCovered = rows.values().stream()
                    .map(minutes -> minutes.get(start))
                    .allMatch(row -> row != null && row.number("coverage").orElse(0) == 1);
            covered += isCovered ? 1 : 0;
        }
        return covered;
    }

    /** The faults that began before a moment. */
    public List<Told> told(Instant until) {
        return faults.effects().stream()
                .filter(effect -> effect.from().isBefore(until))
                .map(effect -> told(effect, until))
                .toList();
    }

    /** Hours of devices without faults, and those minutes of the others that have to be exact, and aren't. */
    public List<Difference> differences(Instant from, Instant until) {
        List<Difference> differences = withoutFaults(from, until);
        roles.forEach((device, role) -> {
            for (Instant minute = from; minute.isBefore(until); minute = minute.plus(MINUTE)) {
                boolean hasToBeExact = faults.outcome(device, minute) == Outcome.EXACT;
                if (hasToBeExact && !isEqual(device, role, minute)) {
                    differences.add(difference(device, role, minute, minute.plus(MINUTE)));
                }
            }
        });
        return differences;
    }

    private List<Difference> withoutFaults(Instant from, Instant until) {
        Map<String, Map<Instant, Row>> hours = new HashMap<>();
        store.deviceHours(site, from, until)
                .forEach(row -> hours.computeIfAbsent(row.text("device"), _ -> new HashMap<>())
                        .put(row.time("time"), row));
        List<Difference> differences = new ArrayList<>();
        for (Device device : ledger.devices()) {
            if (!roles.containsKey(device.id())) {
                Map<Instant, Row> stored = hours.getOrDefault(device.id(), Map.of());
                for (Instant hour = from.truncatedTo(ChronoUnit.HOURS); hour.isBefore(until); hour = hour.plus(HOUR)) {
                    Instant start = hour.isBefore(from) ? from : hour;
                    Instant end = hour.plus(HOUR).isAfter(until) ? until : hour.plus(HOUR);
                    OptionalLong energy = millijoules(stored.getOrDefault(hour, new Row(Map.of())));
                    long truth = truth(device.id(), device.role(), start, end);
                    if (energy.isEmpty() || energy.getAsLong() != truth) {
                        String said = energy.isEmpty() ? "absent" : energy.getAsLong() + " mJ";
                        differences.add(new Difference(device.id(), start, "energy until " + end, said, truth + " mJ"));
                    }
                }
            }
        }
        return differences;
    }

    private Told told(Effect effect, Instant until) {
        String device = effect.fault().device();
        Instant end = effect.to().isBefore(until) ? effect.to() : until;
        List<Difference> differences = new ArrayList<>();
        for (Instant minute = effect.from(); minute.isBefore(end); minute = minute.plus(MINUTE)) {
            boolean isSaid = !effect.isMarked() || isMarked(row(device, minute));
            if (!isSaid && !isEqual(device, effect.role(), minute)) {
                differences.add(difference(device, effect.role(), minute, minute.plus(MINUTE)));
            }
        }
        long stored = stored(device, effect.from(), end);
        if (isAlone(effect)
                && !faults.allowance(effect, effect.from(), end)
                        .allows(stored, truth(device, effect.role(), effect.from(), end))) {
            differences.add(difference(device, effect.role(), effect.from(), end));
        }
        String flags = rows.getOrDefault(device, new TreeMap<>()).subMap(effect.from(), end).values().stream()
                .map(row -> row.text("flag"))
                .flatMap(flag -> List.of(flag.split(",", -1)).stream())
                .filter(flag -> !flag.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new))
                .toString();
        return new Told(effect, stored, flags, differences);
    }

    /** Whether no other fault of the same device touches the same minutes. */
    private boolean isAlone(Effect effect) {
        return faults.effects(effect.from(), effect.to()).stream()
                .noneMatch(other -> !other.equals(effect)
                        && other.outcome() != Outcome.EXACT
                        && other.fault().device().equals(effect.fault().device()));
    }

    private Row row(String device, Instant minute) {
        return rows.getOrDefault(device, new TreeMap<>()).getOrDefault(minute, new Row(Map.of()));
    }

    /** A minute that isn't there is marked by that. */
    private static boolean isMarked(Row row) {
        return !row.text("flag").isEmpty() || row.number("coverage").orElse(0) < 1;
    }

    private boolean isEqual(String device, Role role, Instant minute) {
        OptionalLong stored = millijoules(row(device, minute));
        return stored.isPresent() && stored.getAsLong() == truth(device, role, minute, minute.plus(MINUTE));
    }

    private long stored(String device, Instant from, Instant to) {
        return rows.getOrDefault(device, new TreeMap<>()).subMap(from, to).values().stream()
                .mapToLong(row -> millijoules(row).orElse(0))
                .sum();
    }

    private static OptionalLong millijoules(Row row) {
        return row.number("energy_wh").stream()
                .mapToLong(wattHours -> Math.round(wattHours * Millijoules.PER_WATT_HOUR))
                .findFirst();
    }

    private long truth(String device, Role role, Instant from, Instant to) {
        if (role == Role.GRID) {
            return ledger.energyMillijoules(device, Point.ENERGY_IMPORT, from, to)
                    - ledger.energyMillijoules(device, Point.ENERGY_EXPORT, from, to);
        }
        return ledger.energyMillijoules(device, Point.ENERGY, from, to);
    }

    private Difference difference(String device, Role role, Instant from, Instant to) {
        return new Difference(
                device,
                from,
                "energy until " + to,
                stored(device, from, to) + " mJ",
                truth(device, role, from, to) + " mJ");
    }
}
