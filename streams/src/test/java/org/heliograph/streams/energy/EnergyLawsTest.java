package org.heliograph.streams.energy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for a device's energy whatever its register shows (domain section 3), without the topology. */
class EnergyLawsTest {
    private static final long LENGTH_SECONDS = 4 * 3600;
    private static final double RATED_WATTS = 6000;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 25);
    }

    /** A register that counts, stands still, dips, jumps, restarts and is swapped, read at odd times. */
    private static Meter troubled(Random random, boolean withPower) {
        Meter meter = Meter.with(Meter.RATED, random.nextBoolean() ? "modulus: 100 kWh" : "");
        double counted = random.nextInt(100_000);
        double shift = 0;
        int troubleLeft = 0;
        for (double at = 0; at <= LENGTH_SECONDS; at += 1 + random.nextInt(random.nextInt(30) == 0 ? 1800 : 40)) {
            counted += random.nextInt(3) == 0 ? 0 : random.nextDouble() * 60;
            if (troubleLeft-- <= 0) {
                shift = 0;
                if (random.nextInt(40) == 0) {
                    troubleLeft = random.nextInt(20);
                    shift = random.nextBoolean() ? -counted : (random.nextDouble() - 0.5) * 200_000;
                }
            }
            if (random.nextInt(100) == 0) {
                counted = random.nextInt(5000);
            }
            if (random.nextInt(150) == 0) {
                meter.serial("unit-" + random.nextInt(4));
            }
            meter.shows(at, Math.max(0, counted + shift) % 100_000);
            if (withPower && random.nextInt(10) > 0) {
                long second = (long) at;
                meter.draws(second, second, random.nextDouble() * 5000);
            }
        }
        return meter;
    }

    private static List<DeviceMinute> minutes(Meter meter, Samples samples) {
        return LongStream.range(0, LENGTH_SECONDS / 60)
                .mapToObj(minute -> meter.minute(samples, minute * 60))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void any_order_and_any_duplication_gives_the_same_minutes(long seed) {
        Random random = new Random(seed);
        Meter meter = troubled(random, true);
        assertThat(minutes(meter, meter.disordered(random))).isEqualTo(minutes(meter, meter.all()));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void the_windows_of_any_partition_of_time_add_up_exactly_to_the_whole(long seed) {
        Random random = new Random(seed);
        Meter meter = troubled(random, false);
        Samples all = meter.all();
        List<Span> spans = Spans.of(all, Point.ENERGY, meter.history());
        long end = LENGTH_SECONDS * 1000;
        Metered whole = window(meter, all, spans, 0, end);
        long millijoules = 0;
        long covered = 0;
        for (long from = 0; from < end; ) {
            long to = Math.min(end, from + 1 + random.nextInt(400_000));
            Metered part = window(meter, all, spans, from, to);
            millijoules += part.millijoules();
            covered += part.coveredMillis();
            from = to;
        }
        assertThat(millijoules).isEqualTo(whole.millijoules());
        assertThat(covered).isEqualTo(whole.coveredMillis());
    }

    private static Metered window(Meter meter, Samples all, List<Span> spans, long fromMillis, long toMillis) {
        Device device = meter.history().at(0).orElseThrow();
        return new RegisterMinute(meter.history(), device, Point.ENERGY, all, fromMillis, toMillis)
                .measure(new Evidence(_ -> spans, _ -> StandstillHours.NONE));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void no_trouble_books_more_than_the_device_can_have_used(long seed) {
        Meter meter = troubled(new Random(seed), seed % 2 == 0);
        Samples all = meter.all();
        long readings = all.of(Point.ENERGY).orElseThrow().size();
        long booked = minutes(meter, all).stream()
                .mapToLong(minute -> minute.energies().getOrDefault(Point.ENERGY, 0L))
                .sum();
        double most = 1.1 * RATED_WATTS * LENGTH_SECONDS * 1000;
        assertThat(booked).isNotNegative();
        assertThat((double) booked).isLessThanOrEqualTo(most + readings * (double) Millijoules.PER_WATT_HOUR);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void spans_follow_each_other_without_overlap(long seed) {
        Meter meter = troubled(new Random(seed), true);
        List<Span> spans = new ArrayList<>(Spans.of(meter.all(), Point.ENERGY, meter.history()));
        for (int i = 0; i < spans.size(); i++) {
            assertThat(spans.get(i).toMillis()).isGreaterThan(spans.get(i).fromMillis());
            if (i > 0) {
                assertThat(spans.get(i).fromMillis())
                        .isGreaterThanOrEqualTo(spans.get(i - 1).toMillis());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void what_is_not_covered_whole_says_so_and_what_is_not_measured_plainly_is_flagged(long seed) {
        Meter meter = troubled(new Random(seed), true);
        Samples all = meter.all();
        List<Span> spans = Spans.of(all, Point.ENERGY, meter.history());
        for (long second = 0; second < LENGTH_SECONDS; second += 60) {
            DeviceMinute minute = meter.minute(all, second);
            assertThat(minute.coveredMillis()).isBetween(0L, DeviceMinute.LENGTH_MILLIS);
            assertThat(minute.energies().isEmpty()).isEqualTo(minute.coveredMillis() == 0);
            long from = second * 1000;
            boolean touched = spans.stream()
                    .anyMatch(span -> span.fromMillis() < from + DeviceMinute.LENGTH_MILLIS && span.toMillis() > from);
            if (touched) {
                assertThat(minute.flags()).as("minute %s", second).isNotEmpty();
            }
        }
    }
}
