package org.heliograph.streams.indicator;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The key figures of a window, from its sums (domain section 4). Energies in millijoules, masses in micrograms, CUE in
 * kg/kWh.
 */
public record Figures(Sums sums, int minutes) {
    /** A category may lack one part in that many of the minutes that the best covered one has, and stand for the window. */
    private static final long TOLERATED_PART = 20;

    /** And that many of a short window, whose last minutes are still on their way from some meters. */
    private static final long TOLERATED_MINUTES = 3;

    /** micrograms per millijoule, in kilograms per kilowatt-hour. */
    private static final double CUE_UNIT = 3.6e9 / 1e9;

    /** PV emits about 45 g CO2e/kWh over its life (domain section 4): a microgram for each 80 mJ. */
    private static final long MILLIJOULES_PER_LIFECYCLE_MICROGRAM = 80;

    /** The energy of a sum, absent when no minute has it, or when it is more than can be counted. */
    public OptionalLong energy(Sum energy, Sum minutes) {
        return sums.get(minutes) > 0 && sums.get(energy) != Overflow.BEYOND
                ? OptionalLong.of(sums.get(energy))
                : OptionalLong.empty();
    }

    /**
     * {@code E_DC / E_IT,c} over matched minutes. A result below 1 is a fault of the meter tree: no figure. Shorter than
     * a year it is an interim PUE.
     */
    public OptionalDouble pue(PueCategory category) {
        OptionalDouble pue = ratio(category.matchedDc, category.matchedIt);
        return pue.isPresent() && pue.getAsDouble() < 1 ? OptionalDouble.empty() : pue;
    }

    /**
     * The category that stands for the window: the highest that covers it, which lacks no more than a twentieth of the
     * minutes that the best covered one has, or a few of a short window's. So one lost meter among hundreds doesn't leave
     * a year with the PUE of the days before. Where none has any, the highest whose energy is known; else the highest that
     * the site has meters for.
     */
    public Optional<PueCategory> category() {
        long most = Stream.of(PueCategory.values())
                .mapToLong(category -> sums.get(category.matchedMinutes))
                .max()
                .orElse(0);
        long enough = Math.max(1, most - Math.max(most / TOLERATED_PART, TOLERATED_MINUTES));
        return highest(category -> category.matchedMinutes, enough)
                .or(() -> highest(category -> category.energyMinutes))
                .or(() -> highest(category -> category.meteredMinutes));
    }

    private Optional<PueCategory> highest(Function<PueCategory, Sum> minutes) {
        return highest(minutes, 1);
    }

    private Optional<PueCategory> highest(Function<PueCategory, Sum> minutes, long least) {
        for (PueCategory category : PueCategory.HIGHEST_FIRST) {
            if (sums.get(minutes.apply(category)) >= least) {
                return Optional.of(category);
            }
        }
        return Optional.empty();
    }

    /** IT energy in that category. */
    public OptionalLong itEnergy() {
        return category().map(c -> energy(c.energy, c.energyMinutes)).orElse(OptionalLong.empty());
    }

    /** {@code E_self / PV}; absent when PV produced nothing. */
    public OptionalDouble selfConsumption() {
        return ratio(Sum.CONSUMPTION_SELF, Sum.CONSUMPTION_PV);
    }

    /**
     * {@code E_self / E_DC}, at most 1: solar energy counts when it goes into a battery, and may then be more than the load
     * of that time.
     */
    public OptionalDouble selfSufficiency() {
        OptionalDouble share = ratio(Sum.SUFFICIENCY_SELF, Sum.SUFFICIENCY_DC);
        return share.isPresent() ? OptionalDouble.of(Math.min(1, share.getAsDouble())) : share;
    }

    /** Renewable energy factor (ISO/IEC 30134-3): renewable energy used on site over {@code E_DC}, at most 1. */
    public OptionalDouble renewableEnergyFactor() {
        return selfSufficiency(); // all that is renewable and known here is the site's own
    }

    /**
     * Carbon usage effectiveness (ISO/IEC 30134-8), kg CO2e per kWh of IT in the window's category. Absent when the
     * generator ran and nobody knows what its fuel emits: without those minutes it would be understated.
     */
    public OptionalDouble carbonUsageEffectiveness() {
        if (sums.get(Sum.UNKNOWN_FUEL_MINUTES) > 0) {
            return OptionalDouble.empty();
        }
        long micrograms = withOlder(Sum.CUE_MICROGRAMS, category -> category.cueMicrograms);
        long it = withOlder(Sum.CUE_IT, category -> category.cueIt);
        return it > 0 && micrograms != Overflow.BEYOND
                ? OptionalDouble.of(micrograms / (double) it * CUE_UNIT)
                : OptionalDouble.empty();
    }

    /** The minutes that CUE is of. */
    long cueMinutes() {
        return withOlder(Sum.CUE_MINUTES, category -> category.cueMinutes);
    }

    private long withOlder(Sum older, Function<PueCategory, Sum> sum) {
        long now = category().map(category -> sums.get(sum.apply(category))).orElse(0L);
        return Overflow.sum(sums.get(older), now);
    }

    /**
     * What is avoided less what PV itself emits over its life, for the energy that it produced in the same minutes. Derived
     * from the sums, rounded down once. Absent where the two aren't of the same minutes.
     */
    public OptionalLong lifecycleAvoided() {
        OptionalLong avoided = energy(Sum.CO2_AVOIDED, Sum.CO2_AVERAGE_MINUTES);
        boolean matched = sums.get(Sum.CO2_AVERAGE_MINUTES) == sums.get(Sum.CONSUMPTION_MINUTES);
        OptionalLong produced = energy(Sum.CONSUMPTION_PV, Sum.CONSUMPTION_MINUTES);
        return avoided.isPresent() && produced.isPresent() && matched
                ? OptionalLong.of(
                        avoided.getAsLong() - Math.ceilDiv(produced.getAsLong(), MILLIJOULES_PER_LIFECYCLE_MICROGRAM))
                : OptionalLong.empty();
    }

    /** Covered minutes over minutes: of PUE where the site can have one, else of {@code E_DC}. */
    public double coverage() {
        return share(sums.get(category().map(c -> c.matchedMinutes).orElse(Sum.DC_MINUTES)));
    }

    /** The share of the minutes in which every expected device covered all of it. */
    public double completeCoverage() {
        return share(sums.get(Sum.COMPLETE_MINUTES));
    }

    /** Those figures that aren't of the whole window, each with how much of it. */
    public List<FigureCoverage> partial() {
        return FigureCoverage.partial(this);
    }

    double share(long covered) {
        return minutes == 0 ? 0 : Math.min(1, covered / (double) minutes);
    }

    /**
     * The share of the minutes that the masses are of: of what is avoided, or where nothing is, of what the grid gave.
     * Before a site had any PV there was nothing to avoid. Where no minute has a mass there is none to cover.
     */
    public OptionalDouble carbonCoverage() {
        long avoided = sums.get(Sum.CO2_AVERAGE_MINUTES);
        long covered = avoided > 0 ? avoided + sums.get(Sum.SELF_COVER) : sums.get(Sum.CO2_GRID_MINUTES);
        return covered == 0 || minutes == 0 ? OptionalDouble.empty() : OptionalDouble.of(share(covered));
    }

    /** Whether any energy isn't as its own meter counted it, or a lower category stands in for one that wasn't heard. */
    public boolean isEstimated() {
        Optional<PueCategory> stands = category();
        return sums.get(Sum.ESTIMATED_MINUTES) > 0
                || PueCategory.HIGHEST_FIRST.stream()
                        .takeWhile(higher -> !stands.equals(Optional.of(higher)))
                        .anyMatch(this::wasMissed);
    }

    /** The share of the minutes in which any energy isn't as its own meter counted it. */
    public double estimatedShare() {
        return share(sums.get(Sum.ESTIMATED_MINUTES));
    }

    /** Whether a category lacks more of the minutes in which it was metered than is seen in the ordinary way. */
    private boolean wasMissed(PueCategory category) {
        long metered = sums.get(category.meteredMinutes);
        return (metered - sums.get(category.matchedMinutes)) * TOLERATED_PART > metered;
    }

    /** Whether every minute is there and every expected device covered all of it. */
    public boolean isComplete() {
        return sums.get(Sum.COMPLETE_MINUTES) == minutes;
    }

    private OptionalDouble ratio(Sum numerator, Sum denominator) {
        long below = sums.get(denominator);
        return below > 0 && sums.get(numerator) != Overflow.BEYOND
                ? OptionalDouble.of(sums.get(numerator) / (double) below)
                : OptionalDouble.empty();
    }
}
