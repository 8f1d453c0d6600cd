package org.heliograph.streams.indicator;

import java.util.Arrays;
import org.heliograph.streams.factor.FactorBook;
import org.heliograph.streams.site.Balance;
import org.heliograph.streams.site.SiteMinute;
import org.heliograph.telemetry.site.Role;
import org.jspecify.annotations.Nullable;

/**
 * The additive part of a window: sums over its minutes. Adding is exact, associative and commutative (but see
 * {@link Overflow}), so any partition of a window adds up to the same.
 */
public final class Sums {
    private static final int SIZE = Sum.values().length;

    public static final Sums ZERO = new Sums(new long[SIZE]);

    private final long[] values;

    private Sums(long[] values) {
        this.values = values;
    }

    /** From stored values, in the order of {@link Sum}; what a newer program added is 0. */
    public static Sums of(long[] stored) {
        return new Sums(Arrays.copyOf(stored, SIZE));
    }

    public long[] toArray() {
        return values.clone();
    }

    public long get(Sum sum) {
        return values[sum.index()];
    }

    public Sums plus(Sums other) {
        long[] sum = new long[SIZE];
        for (int i = 0; i < SIZE; i++) {
            sum[i] = Overflow.sum(values[i], other.values[i]);
        }
        return new Sums(sum);
    }

    /**
     * Of the sums of one minute, those that its CO2 is computed from, and its CO2 by these factors: what it would be, had it
     * been added up with them.
     */
    public Sums pricedBy(FactorBook.Choice factors) {
        long[] v = new long[SIZE];
        for (Sum sum : Carbon.FROM) {
            v[sum.index()] = get(sum);
        }
        Carbon.set(v, factors);
        return new Sums(v);
    }

    /** Whether the others' CO2 is computed from the same energy as that of these. */
    public boolean areOfTheEnergyOf(Sums others) {
        return Carbon.FROM.stream().allMatch(sum -> get(sum) == others.get(sum));
    }

    /** These, with the CO2 of others. */
    public Sums withCarbonOf(Sums others) {
        long[] v = values.clone();
        for (Sum sum : Carbon.OF_FACTORS) {
            v[sum.index()] = others.get(sum);
        }
        return new Sums(v);
    }

    /** The sums of one minute. */
    public static Sums of(SiteMinute minute, FactorBook.Choice factors) {
        long[] v = new long[SIZE];
        Balance balance = Balance.of(minute);
        energies(minute, balance, v);
        covers(minute, v);
        matched(minute, balance, v);
        parts(minute, v);
        Carbon.set(v, factors);
        set(v, Sum.ESTIMATED_MINUTES, minute.isEstimated() || balance.isEstimated() ? 1 : 0);
        set(v, Sum.COMPLETE_MINUTES, minute.isComplete() ? 1 : 0);
        return new Sums(v);
    }

    /** Energies of the roles that were heard, whatever is known of them; E_DC and E_self only where all of it is. */
    private static void energies(SiteMinute minute, Balance balance, long[] v) {
        if (minute.knows(Role.GRID)) {
            set(v, Sum.IMPORT, minute.forward(Role.GRID));
            set(v, Sum.GRID_MINUTES, 1);
        }
        if (minute.knowsReverse(Role.GRID)) {
            set(v, Sum.EXPORT, minute.reverse(Role.GRID));
            set(v, Sum.EXPORT_MINUTES, 1);
        }
        if (minute.knows(Role.BATTERY)) {
            set(v, Sum.DISCHARGE, minute.forward(Role.BATTERY));
            set(v, Sum.BATTERY_MINUTES, 1);
        }
        if (minute.knowsReverse(Role.BATTERY)) {
            set(v, Sum.CHARGE, minute.reverse(Role.BATTERY));
            set(v, Sum.CHARGE_MINUTES, 1);
        }
        role(minute, Role.PV, Sum.PV, Sum.PV_MINUTES, v);
        role(minute, Role.GENERATOR, Sum.GENERATOR, Sum.GENERATOR_MINUTES, v);
        role(minute, Role.UPS, Sum.IT1, Sum.IT1_MINUTES, v);
        role(minute, Role.FLOOR_PDU, Sum.IT2, Sum.IT2_MINUTES, v);
        role(minute, Role.IT, Sum.IT3, Sum.IT3_MINUTES, v);
        role(minute, Role.COOLING, Sum.COOLING, Sum.COOLING_MINUTES, v);
        role(minute, Role.AUXILIARY, Sum.AUXILIARY, Sum.AUXILIARY_MINUTES, v);
        balance.input().ifPresent(input -> {
            set(v, Sum.DC, input.millijoules());
            set(v, Sum.DC_MINUTES, 1);
        });
        balance.self().ifPresent(self -> {
            set(v, Sum.SELF, self.millijoules());
            set(v, Sum.SELF_MINUTES, 1);
        });
    }

    private static void role(SiteMinute minute, Role role, Sum energy, Sum minutes, long[] v) {
        if (minute.knows(role)) {
            set(v, energy, minute.forward(role));
            set(v, minutes, 1);
        }
    }

    /** What a window needs to say how much of it each of these energies is of. */
    private static void covers(SiteMinute minute, long[] v) {
        set(v, Sum.GRID_COVER, cover(minute, Role.GRID, minute.knows(Role.GRID)));
        set(v, Sum.EXPORT_COVER, cover(minute, Role.GRID, minute.knowsReverse(Role.GRID)));
        set(v, Sum.PV_COVER, cover(minute, Role.PV, minute.knows(Role.PV)));
        set(v, Sum.SELF_COVER, cover(minute, Role.PV, false));
        set(v, Sum.BATTERY_COVER, cover(minute, Role.BATTERY, minute.knows(Role.BATTERY)));
        set(v, Sum.CHARGE_COVER, cover(minute, Role.BATTERY, minute.knowsReverse(Role.BATTERY)));
        set(v, Sum.GENERATOR_COVER, cover(minute, Role.GENERATOR, minute.knows(Role.GENERATOR)));
        set(v, Sum.IT1_COVER, cover(minute, Role.UPS, minute.knows(Role.UPS)));
        set(v, Sum.IT2_COVER, cover(minute, Role.FLOOR_PDU, minute.knows(Role.FLOOR_PDU)));
        set(v, Sum.IT3_COVER, cover(minute, Role.IT, minute.knows(Role.IT)));
        set(v, Sum.COOLING_COVER, cover(minute, Role.COOLING, minute.knows(Role.COOLING)));
        set(v, Sum.AUXILIARY_COVER, cover(minute, Role.AUXILIARY, minute.knows(Role.AUXILIARY)));
    }

    private static int cover(SiteMinute minute, Role role, boolean known) {
        if (!minute.has(role)) {
            return 1;
        }
        return known && !minute.covers(role) ? -1 : 0;
    }

    private static void matched(SiteMinute minute, Balance balance, long[] v) {
        set(v, Sum.METERED1_MINUTES, minute.has(Role.UPS) ? 1 : 0);
        set(v, Sum.METERED2_MINUTES, minute.has(Role.FLOOR_PDU) ? 1 : 0);
        set(v, Sum.METERED3_MINUTES, minute.has(Role.IT) ? 1 : 0);
        balance.input().ifPresent(input -> {
            for (PueCategory category : PueCategory.values()) {
                pue(minute, category, input.millijoules(), v);
            }
        });
        balance.self().ifPresent(self -> {
            set(v, Sum.CONSUMPTION_SELF, self.millijoules());
            set(v, Sum.CONSUMPTION_PV, minute.forward(Role.PV));
            set(v, Sum.CONSUMPTION_MINUTES, 1);
            balance.input().ifPresent(input -> {
                set(v, Sum.SUFFICIENCY_SELF, self.millijoules());
                set(v, Sum.SUFFICIENCY_DC, input.millijoules());
                set(v, Sum.SUFFICIENCY_MINUTES, 1);
            });
        });
    }

    private static void pue(SiteMinute minute, PueCategory category, long input, long[] v) {
        if (minute.has(category.role) && minute.covers(category.role)) {
            set(v, category.matchedDc, input);
            set(v, category.matchedIt, minute.forward(category.role));
            set(v, category.matchedMinutes, 1);
        }
    }

    /** Only of a minute in which every meter was heard: else what one missed would seem to be another's. */
    private static void parts(SiteMinute minute, long[] v) {
        Role it = itRole(minute);
        Role above = minute.has(Role.UPS) ? Role.UPS : Role.FLOOR_PDU;
        boolean whole = it != null
                && !minute.isEstimated()
                && minute.coversInput()
                && minute.covers(it)
                && minute.covers(above)
                && minute.covers(Role.COOLING)
                && minute.covers(Role.AUXILIARY);
        if (it == null || !whole) {
            return;
        }
        set(v, Sum.PARTS_DC, minute.inputMillijoules());
        set(v, Sum.PARTS_IT, minute.forward(it));
        set(v, Sum.PARTS_COOLING, minute.forward(Role.COOLING));
        set(v, Sum.PARTS_AUXILIARY, minute.forward(Role.AUXILIARY));
        set(v, Sum.PARTS_DISTRIBUTION, minute.has(above) ? minute.forward(above) - minute.forward(it) : 0);
        set(v, Sum.PARTS_MINUTES, 1);
    }

    /** Where the site measures IT energy best: the highest PUE category that it has meters for. */
    private static @Nullable Role itRole(SiteMinute minute) {
        if (minute.has(Role.IT)) {
            return Role.IT;
        }
        if (minute.has(Role.FLOOR_PDU)) {
            return Role.FLOOR_PDU;
        }
        return minute.has(Role.UPS) ? Role.UPS : null;
    }

    private static void set(long[] v, Sum sum, long value) {
        v[sum.index()] = value;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Sums that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Sums[");
        for (Sum sum : Sum.values()) {
            if (get(sum) != 0) {
                text.append(text.length() > 5 ? " " : "")
                        .append(sum)
                        .append('=')
                        .append(get(sum));
            }
        }
        return text.append(']').toString();
    }
}
