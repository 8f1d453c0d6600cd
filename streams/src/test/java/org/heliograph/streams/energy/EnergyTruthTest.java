package org.heliograph.streams.energy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.site.Device;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a device has used is known, its register and its power agree, and then one trouble after the other befalls them:
 * what is booked is what was used, but for what a trouble hides by its nature.
 */
class EnergyTruthTest {
    static LongStream seeds() {
        return LongStream.rangeClosed(1, 100);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void what_is_booked_is_what_was_used_but_for_what_troubles_hide(long seed) {
        Recording recording = new Recording(new Random(seed));
        assertThat(recording.booked())
                .as("%s", recording)
                .isCloseTo(recording.usedMillijoules(), Offset.offset(recording.hiddenMillijoules()));
    }

    /** What befalls a device for a while. */
    private enum Trouble {
        NONE,
        DIPS,
        SHOWS_ZERO,
        LEAPS,
        /** It shows the truth afterwards. */
        FREEZES,
        /** It goes on afterwards from where it stopped. */
        STOPS,
        FREEZES_AND_IS_SILENT,
        STOPS_AND_IS_SILENT,
        RESTARTS,
        IS_SWAPPED,
        REGISTER_IS_SILENT,
        POWER_IS_SILENT,
        BOTH_ARE_SILENT;

        boolean standsStill() {
            return stopsCounting() || this == FREEZES || this == FREEZES_AND_IS_SILENT;
        }

        boolean stopsCounting() {
            return this == STOPS || this == STOPS_AND_IS_SILENT;
        }

        /** @param passed how much of it is over, of 1 */
        boolean hidesRegister(double passed) {
            return switch (this) {
                case REGISTER_IS_SILENT, BOTH_ARE_SILENT -> true;
                case FREEZES_AND_IS_SILENT, STOPS_AND_IS_SILENT -> passed >= 0.2 && passed < 0.8;
                default -> false;
            };
        }

        boolean hidesPower() {
            return this == POWER_IS_SILENT || this == BOTH_ARE_SILENT;
        }
    }

    /** Six hours, in steps of ten seconds. */
    private static final class Recording {
        private static final List<Trouble> TROUBLES = List.of(Trouble.values());
        private static final int STEP_MILLIS = 10_000;
        private static final int STEPS = 6 * 360;
        private static final int CALM_STEPS = 90;
        private static final int LONGEST_TROUBLE_STEPS = 120;
        /** Six whole minutes, and what isn't whole at both ends: a counter may be shown five minutes and a reading late. */
        private static final int BRIEF_STEPS = (6 + 2) * 6;

        private static final double LEAST_WATTS = 700; // below 600 nobody tells a standstill from rest
        private static final double MOST_WATTS = 5_900;
        private static final long WH = Millijoules.PER_WATT_HOUR;
        /** Below, a register that restarts or dips may soon show what it showed before: nobody tells (domain rule 6). */
        private static final long FAR = 50_000 * WH;

        private static final long MODULUS = 2_000_000 * WH;

        private final Random random;
        private final boolean isSteady;
        /** The register is read each so many steps: also more seldom than its maxGap. */
        private final int every;
        /** What the register counts in, which its profile doesn't say. */
        private final long count;

        private final Map<String, Sampling> samplings = new LinkedHashMap<>();
        private final List<String> troubles = new ArrayList<>();
        private String serial = "unit-0";
        private double watts;
        private double used;
        /** What the register would show if the device had used nothing. */
        private long offset;

        private long hidden = 2L * STEPS; // each step is rounded

        Recording(Random random) {
            this.random = random;
            isSteady = random.nextBoolean();
            every = List.of(1, 3, 6, 30).get(random.nextInt(4));
            count = List.of(1L, WH, 100 * WH).get(random.nextInt(3));
            watts = nextWatts();
            // within the first calm it rolls over, or not at all
            offset = MODULUS - (random.nextInt(4) == 0 ? 100 * WH : random.nextLong(MODULUS / 2) + 100_000 * WH);
            hidden += 3 * count; // at both ends, and of the first standstill nobody knows when it began
            int step = 0;
            while (step < STEPS - LONGEST_TROUBLE_STEPS - 3 * CALM_STEPS) {
                int calm = CALM_STEPS + random.nextInt(CALM_STEPS);
                step = passes(Trouble.NONE, step, isSeldom() ? calm + every - (step + calm - 1) % every : calm);
                Trouble trouble = TROUBLES.get(random.nextInt(TROUBLES.size()));
                boolean isAmbiguous = (trouble == Trouble.RESTARTS || trouble == Trouble.DIPS)
                        && shown(Trouble.NONE, offset + usedMillijoules()) < FAR;
                step = passes(isAmbiguous ? Trouble.NONE : trouble, step, 1 + random.nextInt(LONGEST_TROUBLE_STEPS));
            }
            passes(Trouble.NONE, step, STEPS - step + 1);
        }

        /**
         * Whether it is read more seldom than its maxGap. Troubles begin at a reading then: of a display that freezes between
         * two nobody can tell when it did, and it is for long.
         */
        private boolean isSeldom() {
            return every > 18;
        }

        long usedMillijoules() {
            return Math.round(used);
        }

        long hiddenMillijoules() {
            return hidden;
        }

        private double nextWatts() {
            return LEAST_WATTS + random.nextDouble() * (MOST_WATTS - LEAST_WATTS);
        }

        /** Returns the step after. */
        private int passes(Trouble trouble, int firstStep, int steps) {
            begins(trouble, firstStep, steps);
            long held = usedMillijoules();
            for (int step = firstStep; step < firstStep + steps; step++) {
                if (step > 0) {
                    double before = watts;
                    watts = isSteady || random.nextInt(20) > 0 ? watts : nextWatts();
                    used += (before + watts) / 2 * STEP_MILLIS;
                }
                long counted = trouble.standsStill() ? held : usedMillijoules();
                if (step % every == 0 && !trouble.hidesRegister((step - firstStep) / (double) steps)) {
                    sampling().register(Point.ENERGY, (long) step * STEP_MILLIS, shown(trouble, offset + counted));
                }
                if (!trouble.hidesPower()) {
                    sampling().gauge(Point.POWER, (long) step * STEP_MILLIS, watts);
                }
            }
            if (trouble.stopsCounting()) {
                offset -= usedMillijoules() - held;
            }
            return firstStep + steps;
        }

        private void begins(Trouble trouble, int step, int steps) {
            if (trouble == Trouble.NONE) {
                return;
            }
            troubles.add(trouble + "@" + step + "+" + steps);
            hidden += 3 * count + hiddenBy(trouble, steps);
            if (trouble == Trouble.RESTARTS) {
                offset = -usedMillijoules();
            } else if (trouble == Trouble.IS_SWAPPED) {
                serial = "unit-" + step;
                offset = random.nextLong(MODULUS / 2) - usedMillijoules() + 10_000 * WH;
            }
        }

        private long hiddenBy(Trouble trouble, int steps) {
            long ofReading = Math.round(MOST_WATTS * STEP_MILLIS * every);
            return switch (trouble) {
                case RESTARTS -> ofReading; // what was counted since the last reading before
                case STOPS, STOPS_AND_IS_SILENT ->
                    2 * ofReading
                            + Math.round(2 * MOST_WATTS * 60_000) // power is believed of whole minutes
                            + Math.round(MOST_WATTS * STEP_MILLIS * unnoticedSteps(steps));
                case NONE,
                        DIPS,
                        SHOWS_ZERO,
                        LEAPS,
                        FREEZES,
                        FREEZES_AND_IS_SILENT,
                        IS_SWAPPED,
                        REGISTER_IS_SILENT,
                        POWER_IS_SILENT,
                        BOTH_ARE_SILENT -> 0;
            };
        }

        /**
         * How much of a standstill is too brief to be told from a counter that is shown late. All of it, where the next count
         * of a coarse counter, which nobody has declared, passes for what was held back.
         */
        private int unnoticedSteps(int steps) {
            return count > 10 * WH || steps < BRIEF_STEPS + 2 * every ? steps : 0;
        }

        private long shown(Trouble trouble, long truth) {
            long counts = Math.floorMod(truth, MODULUS) / count * count;
            return switch (trouble) {
                case DIPS -> counts / 3;
                case SHOWS_ZERO -> 0;
                case LEAPS -> counts + 50_000 * WH;
                default -> counts;
            };
        }

        private Sampling sampling() {
            return samplings.computeIfAbsent(serial, _ -> new Sampling());
        }

        /** What the minutes add up to. */
        long booked() {
            Samples all = Samples.empty();
            for (Map.Entry<String, Sampling> unit : samplings.entrySet()) {
                all = all.plus(Samples.of(unit.getKey(), unit.getValue().series()));
            }
            DeviceHistory history = Meter.with(Meter.RATED, "modulus: 2 MWh").history();
            Device device = history.at(0).orElseThrow();
            Evidence evidence = Evidence.of(all, history);
            long booked = 0;
            for (long minute = 0; minute < (long) STEPS * STEP_MILLIS; minute += DeviceMinute.LENGTH_MILLIS) {
                Samples around = all.around(minute, minute + DeviceMinute.LENGTH_MILLIS, RegisterMeter.CONTEXT);
                booked += DeviceMinute.of(history, device, around, evidence, minute)
                        .energies()
                        .getOrDefault(Point.ENERGY, 0L);
            }
            return booked;
        }

        @Override
        public String toString() {
            return "%s W%s, read each %d s, counts of %d mWh, %s"
                    .formatted(
                            Math.round(watts),
                            isSteady ? "" : " last",
                            every * STEP_MILLIS / 1000,
                            count * 1000 / WH,
                            troubles);
        }
    }
}
