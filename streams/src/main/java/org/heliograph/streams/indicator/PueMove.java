package org.heliograph.streams.indicator;

import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Why the PUE of one period isn't that of another: the difference, split into what each part of the site did to it.
 *
 * <p>The split is the Shapley value: what a part's own change does to the PUE, averaged over all orders in which the parts
 * could have changed. No part is favoured by being changed first or last, and the shares add up to the whole difference.
 * Because PUE is {@code 1 + overhead / IT} and the overheads add up, it has a closed form: an overhead {@code x} counts
 * with {@code (x1 - x0) (1/IT0 + 1/IT1) / 2}, the IT load with {@code (X0 + X1) / 2 (1/IT1 - 1/IT0)}, {@code X} being all
 * overheads. Periods may differ in length: mean powers are compared.
 *
 * @param millionths of PUE, of each part; they add up to {@code changeMillionths}, exactly
 */
public record PueMove(long beforeMillionths, long afterMillionths, Map<Part, Long> millionths) {
    private static final double MILLION = 1e6;

    /** What can move a PUE. */
    public enum Part {
        IT,
        COOLING,
        DISTRIBUTION,
        AUXILIARY,
        UNMETERED
    }

    private static final List<Part> PARTS = List.of(Part.values());

    private static final List<Part> OVERHEADS =
            List.of(Part.COOLING, Part.DISTRIBUTION, Part.AUXILIARY, Part.UNMETERED);

    public PueMove {
        millionths = Map.copyOf(millionths);
    }

    /** Both must be ratios. */
    public static PueMove between(PueParts before, PueParts after) {
        if (!before.isRatio() || !after.isRatio()) {
            throw new IllegalArgumentException("a period without PUE has not moved: " + before + ", " + after);
        }
        double itBefore = mean(before, Part.IT);
        double itAfter = mean(after, Part.IT);
        double perWatt = (1 / itBefore + 1 / itAfter) / 2;
        double[] shares = new double[Part.values().length];
        double overheads = 0;
        for (Part part : OVERHEADS) {
            shares[place(part)] = (mean(after, part) - mean(before, part)) * perWatt * MILLION;
            overheads += mean(before, part) + mean(after, part);
        }
        shares[place(Part.IT)] = overheads / 2 * (1 / itAfter - 1 / itBefore) * MILLION;
        long from = Math.round(before.pue() * MILLION);
        long to = Math.round(after.pue() * MILLION);
        return new PueMove(from, to, whole(shares, to - from));
    }

    /** What a part did to the PUE. */
    public long millionths(Part part) {
        return millionths.getOrDefault(part, 0L);
    }

    public long changeMillionths() {
        return afterMillionths - beforeMillionths;
    }

    /** Mean energy of a minute: all that matters of a unit is that it is the same in both periods. */
    private static double mean(PueParts parts, Part part) {
        long energy = switch (part) {
            case IT -> parts.it();
            case COOLING -> parts.cooling();
            case DISTRIBUTION -> parts.distribution();
            case AUXILIARY -> parts.auxiliary();
            case UNMETERED -> parts.unmetered();
        };
        return energy / (double) parts.minutes();
    }

    private static int place(Part part) {
        return PARTS.indexOf(part);
    }

    /** Rounds so that the sum is as wanted: down, and then up where the most was cut off. */
    private static Map<Part, Long> whole(double[] shares, long sum) {
        long[] rounded = Arrays.stream(shares)
                .mapToLong(share -> (long) Math.floor(share))
                .toArray();
        List<Integer> byCut = IntStream.range(0, shares.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> rounded[i] - shares[i]))
                .toList();
        long left = sum - Arrays.stream(rounded).sum();
        for (int i = 0; left > 0; i = (i + 1) % shares.length, left--) {
            rounded[byCut.get(i)]++;
        }
        for (int i = shares.length - 1; left < 0; i = (i + shares.length - 1) % shares.length, left++) {
            rounded[byCut.get(i)]--;
        }
        Map<Part, Long> whole = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            whole.put(part, rounded[place(part)]);
        }
        return whole;
    }
}
