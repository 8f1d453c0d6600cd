package org.heliograph.streams.indicator;

import java.util.List;
import java.util.Optional;
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.streams.factor.FactorBook;

/**
 * What a minute's energy emits, and avoids: computed from few of its sums and the factors of its time. So it can be computed
 * anew, to the microgram, when a factor is revised, as long as those few are kept.
 */
public final class Carbon {
    /** The sums of a minute that the others are computed from. */
    public static final List<Sum> FROM = List.of(
            Sum.SELF,
            Sum.SELF_MINUTES,
            Sum.IMPORT,
            Sum.GRID_MINUTES,
            Sum.GRID_COVER,
            Sum.EXPORT,
            Sum.EXPORT_MINUTES,
            Sum.GENERATOR,
            Sum.GENERATOR_MINUTES,
            Sum.GENERATOR_COVER,
            Sum.IT1,
            Sum.IT1_MINUTES,
            Sum.IT1_COVER,
            Sum.IT2,
            Sum.IT2_MINUTES,
            Sum.IT2_COVER,
            Sum.IT3,
            Sum.IT3_MINUTES,
            Sum.IT3_COVER);

    /** The sums that depend on factors; and those of older programs that did. */
    static final List<Sum> OF_FACTORS = List.of(
            Sum.CO2_AVOIDED,
            Sum.CO2_AVOIDED_MARGINAL,
            Sum.CO2_EXPORT,
            Sum.CO2_LOCATION,
            Sum.CO2_AVERAGE_MINUTES,
            Sum.CO2_MARGINAL_MINUTES,
            Sum.CO2_GRID_MINUTES,
            Sum.CO2_EXPORT_MINUTES,
            Sum.UNKNOWN_FUEL_MINUTES,
            Sum.CUE_MICROGRAMS,
            Sum.CUE_IT,
            Sum.CUE_MINUTES,
            Sum.CUE1_MICROGRAMS,
            Sum.CUE1_IT,
            Sum.CUE1_MINUTES,
            Sum.CUE2_MICROGRAMS,
            Sum.CUE2_IT,
            Sum.CUE2_MINUTES,
            Sum.CUE3_MICROGRAMS,
            Sum.CUE3_IT,
            Sum.CUE3_MINUTES);

    private Carbon() {}

    /** Sets the sums of a minute that depend on factors, which are all 0. */
    static void set(long[] v, FactorBook.Choice factors) {
        boolean self = is(v, Sum.SELF_MINUTES);
        boolean grid = covered(v, Sum.GRID_MINUTES, Sum.GRID_COVER);
        if (get(v, Sum.GENERATOR) > 0 && factors.fuel().isEmpty()) {
            set(v, Sum.UNKNOWN_FUEL_MINUTES, 1);
        }
        factors.average().ifPresent(factor -> {
            if (self) {
                set(v, Sum.CO2_AVOIDED, factor.micrograms(get(v, Sum.SELF)));
                set(v, Sum.CO2_AVERAGE_MINUTES, 1);
            }
            if (grid) {
                set(v, Sum.CO2_LOCATION, factor.micrograms(get(v, Sum.IMPORT)));
                set(v, Sum.CO2_GRID_MINUTES, 1);
                usage(v, get(v, Sum.CO2_LOCATION), factors.fuel());
            }
            if (grid && is(v, Sum.EXPORT_MINUTES)) {
                set(v, Sum.CO2_EXPORT, factor.micrograms(get(v, Sum.EXPORT)));
                set(v, Sum.CO2_EXPORT_MINUTES, 1);
            }
        });
        factors.marginal().filter(_ -> self).ifPresent(factor -> {
            set(v, Sum.CO2_AVOIDED_MARGINAL, factor.micrograms(get(v, Sum.SELF)));
            set(v, Sum.CO2_MARGINAL_MINUTES, 1);
        });
    }

    /** What the site's energy emitted, import and fuel, beside its IT energy in each category. */
    private static void usage(long[] v, long importMicrograms, Optional<EmissionFactor> fuel) {
        boolean hasGenerator = get(v, Sum.GENERATOR_COVER) <= 0;
        if (hasGenerator && !covered(v, Sum.GENERATOR_MINUTES, Sum.GENERATOR_COVER)) {
            return;
        }
        long generated = get(v, Sum.GENERATOR);
        if (generated > 0 && fuel.isEmpty()) {
            return;
        }
        long fuelMicrograms = fuel.map(factor -> factor.micrograms(generated)).orElse(0L);
        for (PueCategory category : PueCategory.values()) {
            if (covered(v, category.energyMinutes, category.energyCover)) {
                set(v, category.cueMicrograms, Overflow.sum(importMicrograms, fuelMicrograms));
                set(v, category.cueIt, get(v, category.energy));
                set(v, category.cueMinutes, 1);
            }
        }
    }

    /** Whether every device covered the minute; of a role that the site has. */
    private static boolean covered(long[] v, Sum known, Sum cover) {
        return is(v, known) && get(v, cover) == 0;
    }

    private static boolean is(long[] v, Sum minutes) {
        return get(v, minutes) > 0;
    }

    private static long get(long[] v, Sum sum) {
        return v[sum.index()];
    }

    private static void set(long[] v, Sum sum, long value) {
        v[sum.index()] = value;
    }
}
