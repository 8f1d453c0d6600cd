package org.heliograph.lab.pipeline;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.heliograph.lab.pipeline.LedgerCheck.Difference;
import org.heliograph.lab.server.Row;
import org.heliograph.sim.device.GaugeLedger;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteModel;

/**
 * What is shown of a site whose devices have fallen silent, beside what each of them has read last. Nothing moves any more
 * but the clock, so there is nothing to estimate: once the last readings have arrived, a power is the sum of its devices'
 * last ones, equal but for the rounding of a sum in another order, and it is gone when one of them is stale.
 *
 * <p>By day: an inverter that falls silent at night counts as current (docs/figures.md), which isn't looked at here. Nor are
 * batteries and generators, which the simulated site doesn't have.
 */
public final class LiveCheck {
    private static final double ROUNDING = 1e-9;
    private static final List<String> FIGURES = List.of(
            "power_import_w",
            "power_export_w",
            "power_pv_w",
            "power_it_w",
            "power_cooling_w",
            "power_auxiliary_w",
            "power_dc_w",
            "power_loss_w",
            "pue",
            "self_consumption",
            "devices_online",
            "devices_stale");

    private final FigureStore store;
    private final GaugeLedger truth;
    private final SiteModel model;

    LiveCheck(FigureStore store, GaugeLedger truth, SiteModel model) {
        this.store = store;
        this.truth = truth;
        this.model = model;
    }

    public static LiveCheck of(Pipeline pipeline) {
        return new LiveCheck(
                pipeline.store(), pipeline.site().gauges(), pipeline.site().model());
    }

    /**
     * How the states that the store has of a while differ from what was read, each for itself, oldest first: one that is right
     * doesn't. Those of the first moments may, while the last readings are on their way, and those of the moments in which a
     * device becomes stale.
     */
    public List<List<Difference>> differences(Instant from, Instant until) {
        return store.live(model.site(), from).stream()
                .filter(row -> row.time("time").isBefore(until))
                .map(this::differences)
                .toList();
    }

    private List<Difference> differences(Row row) {
        Instant at = row.time("time");
        Map<String, Double> expected = figures(at);
        List<Difference> differences = new ArrayList<>();
        for (String figure : FIGURES) {
            OptionalDouble shown = row.number(figure);
            OptionalDouble right = Optional.ofNullable(expected.get(figure)).stream()
                    .mapToDouble(Double::doubleValue)
                    .findFirst();
            if (!agree(shown, right)) {
                differences.add(new Difference("live", at, figure, LedgerCheck.text(shown), LedgerCheck.text(right)));
            }
        }
        return differences;
    }

    private static boolean agree(OptionalDouble shown, OptionalDouble right) {
        double margin = ROUNDING * Math.max(1, Math.abs(right.orElse(0)));
        return shown.isPresent() == right.isPresent() && Math.abs(shown.orElse(0) - right.orElse(0)) <= margin;
    }

    /** What is to be shown at a moment; nothing of what can't be known then. */
    private Map<String, Double> figures(Instant at) {
        Map<Role, Double> watts = watts(at);
        Map<String, Double> figures = new HashMap<>();
        watts.forEach((role, power) -> {
            switch (role) {
                case GRID -> {
                    figures.put("power_import_w", Math.max(0, power));
                    figures.put("power_export_w", Math.max(0, -power));
                }
                case PV -> figures.put("power_pv_w", power);
                case COOLING -> figures.put("power_cooling_w", power);
                case AUXILIARY -> figures.put("power_auxiliary_w", power);
                case UPS, FLOOR_PDU, IT, BATTERY, GENERATOR, ROOM -> {}
            }
        });
        Optional<Double> it = LedgerCheck.NEAREST_FIRST.stream()
                .filter(watts::containsKey)
                .findFirst()
                .map(watts::get);
        it.ifPresent(power -> figures.put("power_it_w", power));
        if (watts.keySet().containsAll(Set.of(Role.GRID, Role.PV))) {
            balance(watts, it, figures);
        }
        long online =
                model.devices().stream().filter(device -> isCurrent(device, at)).count();
        figures.put("devices_online", (double) online);
        figures.put("devices_stale", (double) model.devices().size() - online);
        return figures;
    }

    /** The figures of a site of which is known what goes in and out. */
    private static void balance(Map<Role, Double> watts, Optional<Double> it, Map<String, Double> figures) {
        double grid = watts.getOrDefault(Role.GRID, 0.0);
        double pv = watts.getOrDefault(Role.PV, 0.0);
        figures.put("power_dc_w", grid + pv);
        figures.put("self_consumption", (pv - Math.max(0, -grid)) / pv);
        it.ifPresent(power -> {
            figures.put("pue", (grid + pv) / power);
            if (watts.keySet().containsAll(Set.of(Role.COOLING, Role.AUXILIARY))) {
                double known = power + watts.getOrDefault(Role.COOLING, 0.0) + watts.getOrDefault(Role.AUXILIARY, 0.0);
                figures.put("power_loss_w", grid + pv - known);
            }
        });
    }

    /** Of each role all of whose devices are current at a moment, the sum of what they have read last. */
    private Map<Role, Double> watts(Instant at) {
        Map<Role, Double> watts = new EnumMap<>(Role.class);
        model.devices().stream()
                .filter(device -> device.role().countsEnergy())
                .collect(Collectors.groupingBy(Device::role))
                .forEach((role, devices) -> {
                    if (devices.stream().allMatch(device -> isCurrent(device, at))) {
                        watts.put(
                                role,
                                devices.stream()
                                        .flatMap(device -> truth.newest(device.id(), Point.POWER).stream())
                                        .mapToDouble(GaugeLedger.Reading::value)
                                        .sum());
                    }
                });
        return watts;
    }

    /** Whether it has read at most as long ago as its profile allows. */
    private boolean isCurrent(Device device, Instant at) {
        return device.profile().points().keySet().stream()
                .flatMap(point -> truth.newest(device.id(), point).stream())
                .anyMatch(reading ->
                        !reading.at().plus(device.profile().patience()).isBefore(at));
    }
}
