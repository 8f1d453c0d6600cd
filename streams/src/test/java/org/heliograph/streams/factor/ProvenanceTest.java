package org.heliograph.streams.factor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProvenanceTest {
    private static String sum(List<String> parts) {
        return parts.stream()
                .map(Provenance::parse)
                .reduce(Provenance.NONE, Provenance::plus)
                .toString();
    }

    @Test
    void the_names_are_sorted_and_there_once() {
        assertThat(sum(List.of("b@1", "", "a@1", "b@1,c@2"))).isEqualTo("a@1,b@1,c@2");
        assertThat(sum(List.of())).isEmpty();
    }

    @Test
    void more_than_eight_are_said_to_be_more() {
        List<String> names = IntStream.range(0, 9).mapToObj(i -> i + "@1").toList();
        assertThat(sum(names.subList(0, 8))).isEqualTo("0@1,1@1,2@1,3@1,4@1,5@1,6@1,7@1");
        assertThat(sum(names)).isEqualTo("0@1,1@1,2@1,3@1,4@1,5@1,6@1,7@1,...");
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 50);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void any_grouping_and_order_gives_the_same(long seed) {
        Random random = new Random(seed);
        List<String> names = new ArrayList<>(random.ints(random.nextInt(1, 14), 0, 14)
                .mapToObj(i -> "f" + i + "@1")
                .collect(Collectors.toList()));
        String whole = sum(names);
        Collections.shuffle(names, random);
        int cut = random.nextInt(names.size() + 1);
        assertThat(sum(List.of(sum(names.subList(0, cut)), sum(names.subList(cut, names.size())))))
                .isEqualTo(whole);
    }
}
