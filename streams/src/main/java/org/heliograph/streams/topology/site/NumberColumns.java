package org.heliograph.streams.topology.site;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;
import org.heliograph.streams.topology.state.v1.NumberColumn;

/** A number of each minute of an hour: how much above the least of them each is, and nothing where all are the same. */
final class NumberColumns {
    private NumberColumns() {}

    static <T> NumberColumn of(List<T> minutes, ToLongFunction<T> number) {
        long[] numbers = minutes.stream().mapToLong(number).toArray();
        long least = Arrays.stream(numbers).min().orElse(0);
        NumberColumn.Builder column = NumberColumn.newBuilder().setLeast(least);
        if (Arrays.stream(numbers).anyMatch(value -> value != least)) {
            Arrays.stream(numbers).forEach(value -> column.addAbove(value - least));
        }
        return column.build();
    }

    static long[] read(NumberColumn column, int minutes) {
        long[] numbers = new long[minutes];
        for (int i = 0; i < minutes; i++) {
            numbers[i] = column.getLeast() + (column.getAboveCount() > 0 ? column.getAbove(i) : 0);
        }
        return numbers;
    }
}
