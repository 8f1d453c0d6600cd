package org.heliograph.streams.gap;

import java.util.Arrays;

/** A set of sequence numbers, as ranges: ascending, each apart from the next. In good order it is one range. */
final class Sequences {
    /** From inclusive, to exclusive, from, to, ... */
    private long[] bounds;

    private int used;

    private Sequences(long[] bounds) {
        this.bounds = bounds;
        this.used = bounds.length;
    }

    static Sequences of(long... bounds) {
        return new Sequences(bounds.clone());
    }

    long[] toArray() {
        return Arrays.copyOf(bounds, used);
    }

    /** Adds numbers, to exclusive; returns how many of them were not there yet. */
    long add(long from, long to) {
        if (used > 0 && bounds[used - 1] == from) { // the next one: nearly always
            bounds[used - 1] = to;
            return to - from;
        }
        int first = 0;
        while (first < used && bounds[first + 1] < from) {
            first += 2;
        }
        int next = first;
        long low = from;
        long high = to;
        long known = 0;
        while (next < used && bounds[next] <= to) {
            known += overlap(from, to, bounds[next], bounds[next + 1]);
            low = Math.min(low, bounds[next]);
            high = Math.max(high, bounds[next + 1]);
            next += 2;
        }
        replace(first, next, low, high);
        return to - from - known;
    }

    private void replace(int first, int next, long low, long high) {
        long[] after = new long[used - (next - first) + 2];
        System.arraycopy(bounds, 0, after, 0, first);
        after[first] = low;
        after[first + 1] = high;
        System.arraycopy(bounds, next, after, first + 2, used - next);
        bounds = after;
        used = after.length;
    }

    void removeFirstRange() {
        bounds = Arrays.copyOfRange(bounds, 2, used);
        used = bounds.length;
    }

    int ranges() {
        return used / 2;
    }

    boolean isEmpty() {
        return used == 0;
    }

    /** The start of a range. */
    long from(int range) {
        return bounds[2 * range];
    }

    /** The end of a range, exclusive. */
    long to(int range) {
        return bounds[2 * range + 1];
    }

    /** After the last one; 0 for none. */
    long end() {
        return used == 0 ? 0 : bounds[used - 1];
    }

    /** How many there are from one number to another, exclusive. */
    long countWithin(long from, long to) {
        long count = 0;
        for (int range = 0; range < ranges(); range++) {
            count += overlap(from, to, from(range), to(range));
        }
        return count;
    }

    /** How many of these the other set doesn't have. */
    long countOutside(Sequences other) {
        long count = 0;
        for (int range = 0; range < ranges(); range++) {
            count += to(range) - from(range) - other.countWithin(from(range), to(range));
        }
        return count;
    }

    private static long overlap(long from, long to, long otherFrom, long otherTo) {
        return Math.max(0, Math.min(to, otherTo) - Math.max(from, otherFrom));
    }
}
