package org.heliograph.streams.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplesTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void any_order_and_any_duplication_gives_the_same_set(long seed) {
        Random random = new Random(seed);
        List<Samples> parts = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            // instants collide on purpose, with different values
            parts.add(Samples.of(
                    "",
                    new Sampling()
                            .register(Point.ENERGY, random.nextInt(20), random.nextInt(5))
                            .gauge(Point.POWER, random.nextInt(20), random.nextInt(5))
                            .series()));
        }
        Samples inOrder = parts.stream().reduce(Samples.empty(), Samples::plus);
        List<Samples> shuffled = new ArrayList<>(parts);
        shuffled.addAll(parts.subList(0, 20));
        Collections.shuffle(shuffled, random);
        Samples anyOrder = shuffled.stream().reduce(Samples.empty(), Samples::plus);

        assertThat(List.copyOf(anyOrder.series())).isEqualTo(List.copyOf(inOrder.series()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void a_part_and_its_neighbours_are_what_a_scan_finds(long seed) {
        Random random = new Random(seed);
        Sampling sampling = new Sampling();
        for (int i = 0; i < 100; i++) {
            sampling.gauge(Point.POWER, random.nextInt(1_000), i);
        }
        Samples all = Samples.of("", sampling.series());
        var whole = all.of(Point.POWER).orElseThrow();
        var around = all.around(400, 600, 2).of(Point.POWER).orElseThrow();

        int first = 0;
        while (whole.timeMillis(first) < 400) {
            first++;
        }
        int end = first;
        while (end < whole.size() && whole.timeMillis(end) < 600) {
            end++;
        }
        assertThat(around.size()).isEqualTo(end - first + 4);
        assertThat(around.timeMillis(0)).isEqualTo(whole.timeMillis(first - 2));
        assertThat(around.timeMillis(around.size() - 1)).isEqualTo(whole.timeMillis(end + 1));
    }

    @Test
    void samples_too_close_together_are_thinned_alike_in_any_order() {
        Random random = new Random(7);
        List<Samples> packs = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Sampling pack = new Sampling();
            for (int k = 0; k < 20; k++) {
                pack.gauge(Point.POWER, random.nextInt(4_000), random.nextInt(9));
            }
            packs.add(Samples.of("", pack.series()));
        }
        Samples whole = packs.stream().reduce(Samples.empty(), Samples::plus).thinned();
        Collections.shuffle(packs, random);
        Samples stepwise = packs.stream()
                .reduce(Samples.empty(), (sum, pack) -> sum.plus(pack).thinned());
        assertThat(List.copyOf(stepwise.series())).isEqualTo(List.copyOf(whole.series()));
        assertThat(whole.series().iterator().next().size()).isLessThanOrEqualTo(80);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void a_device_with_ever_new_serial_numbers_keeps_few_in_a_minute_whatever_the_order(long seed) {
        List<Samples> parts = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            Sampling sampling = new Sampling().gauge(Point.POWER, 100L * i, i);
            parts.add(Samples.of("unit-" + i, sampling.series()));
        }
        Samples whole = parts.stream().reduce(Samples.empty(), Samples::plus).thinned();
        Collections.shuffle(parts, new Random(seed));
        Samples grown = parts.stream()
                .reduce(Samples.empty(), (all, part) -> all.plus(part).thinned());

        assertThat(grown.serials()).hasSize(Samples.MAX_SERIALS).isEqualTo(whole.serials());
        assertThat(List.copyOf(grown.series())).isEqualTo(List.copyOf(whole.series()));
    }
}
