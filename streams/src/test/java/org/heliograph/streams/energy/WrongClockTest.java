package org.heliograph.streams.energy;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.heliograph.streams.energy.Meter.Whole;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A counter whose device's clock is wrong from the first hour to the second, and what it shows later. */
class WrongClockTest {
    private static final int HOUR = 3600;
    private static final int WRONG_VALUE_AT = 4 * HOUR;
    private static final Offset<Double> ROUNDED = Offset.offset(0.1);

    private static double counted(int second) {
        return 100_000 + second;
    }

    @ParameterizedTest
    @CsvSource({"-295, 900000", "-100, 900000", "-100, 0", "100, 900000", "295, 0"})
    void a_wrong_value_hours_after_a_clock_was_set_right_is_of_its_own_minute_only(int ahead, double wrongValue) {
        Meter meter = Meter.rated();
        for (int second = 0; second <= 6 * HOUR; second += 60) {
            boolean isWrong = second > HOUR && second <= 2 * HOUR;
            meter.shows(second + (isWrong ? ahead : 0), second == WRONG_VALUE_AT ? wrongValue : counted(second));
        }
        int clockIsRight = 2 * HOUR + 360;
        Whole before = meter.from(clockIsRight, WRONG_VALUE_AT - 60);
        assertThat(before.flags()).isEmpty();
        assertThat(before.wattHours()).isCloseTo(WRONG_VALUE_AT - 60 - clockIsRight, ROUNDED);
        Whole around = meter.from(WRONG_VALUE_AT - 60, WRONG_VALUE_AT + 60);
        assertThat(around.flags()).containsExactly(Flag.GLITCH);
        assertThat(around.wattHours()).isCloseTo(120, ROUNDED);
    }

    /** Nobody could say so any more, when it shows zero, that it was too high: it has counted meanwhile. */
    @ParameterizedTest
    @CsvSource({"2000, 200, 5", "400, 200, 0", "400, 4, 2"})
    void a_register_that_was_too_high_returns_unless_a_clock_explains_it(int excess, int minutes, int zeroMinutes) {
        Meter meter = Meter.rated();
        for (int minute = 0; minute <= 360; minute++) {
            boolean isTooHigh = minute >= 60 && minute < 60 + minutes;
            boolean isZero = isTooHigh && minute >= 60 + minutes - zeroMinutes;
            meter.shows(minute * 60, isZero ? 0 : counted(minute * 60) + (isTooHigh ? excess : 0));
        }
        Whole whole = meter.from(0, 6 * HOUR);
        assertThat(whole.wattHours()).isCloseTo(6 * HOUR, ROUNDED);
        assertThat(whole.flags()).containsOnly(Flag.GLITCH, Flag.INTERPOLATED);
    }
}
