package org.heliograph.streams.indicator;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.heliograph.telemetry.site.Role;

/**
 * What is known of the moment: sums of the current powers of each role, in watts, beside how many devices there should be.
 * A figure is there only while every device that it adds up is current.
 */
public final class LivePowers {
    private final Map<Role, Integer> expected;
    private final Map<Role, Double> watts = new EnumMap<>(Role.class);
    private final Map<Role, Integer> counted = new EnumMap<>(Role.class);

    /** @param expected how many devices of each role there are; none of a role that isn't named */
    public LivePowers(Map<Role, Integer> expected) {
        this.expected = Map.copyOf(expected);
    }

    /** Some of a role's devices. */
    public void add(Role role, double sumWatts, int devices) {
        watts.merge(role, sumWatts, Double::sum);
        counted.merge(role, devices, Integer::sum);
    }

    /** The power of all devices of a role; empty for a role without devices. */
    public OptionalDouble of(Role role) {
        return expected.containsKey(role) && isWhole(role) ? OptionalDouble.of(sum(role)) : OptionalDouble.empty();
    }

    /** Power into the site: grid (import positive) + PV + battery (discharge positive) + generator. */
    public OptionalDouble input() {
        boolean whole = isWhole(Role.PV) && isWhole(Role.BATTERY) && isWhole(Role.GENERATOR);
        return whole && of(Role.GRID).isPresent()
                ? OptionalDouble.of(sum(Role.GRID) + sum(Role.PV) + sum(Role.BATTERY) + sum(Role.GENERATOR))
                : OptionalDouble.empty();
    }

    /** The highest PUE category whose meters are all current. */
    public Optional<PueCategory> category() {
        return PueCategory.HIGHEST_FIRST.stream()
                .filter(category -> of(category.role()).isPresent())
                .findFirst();
    }

    /** IT power in that category. */
    public OptionalDouble it() {
        return category().map(category -> of(category.role())).orElse(OptionalDouble.empty());
    }

    /** In that category; none below 1, which can't be. */
    public OptionalDouble pue() {
        OptionalDouble input = input();
        OptionalDouble it = it();
        return input.isPresent() && it.isPresent() && it.getAsDouble() > 0 && input.getAsDouble() >= it.getAsDouble()
                ? OptionalDouble.of(input.getAsDouble() / it.getAsDouble())
                : OptionalDouble.empty();
    }

    /** What neither IT nor cooling nor auxiliaries take; of a moment that has a PUE. */
    public OptionalDouble loss() {
        if (pue().isEmpty() || !isWhole(Role.COOLING) || !isWhole(Role.AUXILIARY)) {
            return OptionalDouble.empty();
        }
        double known = it().getAsDouble() + sum(Role.COOLING) + sum(Role.AUXILIARY);
        return OptionalDouble.of(input().getAsDouble() - known);
    }

    /** The share of PV that the site takes itself. */
    public OptionalDouble selfConsumption() {
        OptionalDouble grid = of(Role.GRID);
        OptionalDouble pv = of(Role.PV);
        if (grid.isEmpty() || pv.isEmpty() || pv.getAsDouble() <= 0 || !isWhole(Role.BATTERY)) {
            return OptionalDouble.empty();
        }
        double fromBattery = Math.max(0, sum(Role.BATTERY)); // is exported before PV is
        double exported = Math.max(0, -grid.getAsDouble() - fromBattery);
        return OptionalDouble.of(Math.max(0, pv.getAsDouble() - exported) / pv.getAsDouble());
    }

    /** Whether every device of the role is current; true for a role without devices. */
    private boolean isWhole(Role role) {
        return counted.getOrDefault(role, 0) >= expected.getOrDefault(role, 0);
    }

    private double sum(Role role) {
        return watts.getOrDefault(role, 0.0);
    }
}
