package org.heliograph.sim.plant;

/** Randomness without a state: the value of a channel at a place depends on the seed, the channel and the place only. */
public record Noise(long seed) {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1.0p-53;

    /** The noise of one channel: independent of that of other channels. */
    public Noise channel(long channel) {
        return new Noise(mix(seed ^ mix(channel * GOLDEN + 1)));
    }

    /** Uniform in [0, 1). */
    public double uniform(long place) {
        return (mix(seed + place * GOLDEN) >>> 11) * UNIT;
    }

    /** Uniform in [-1, 1). */
    public double swing(long place) {
        return 2 * uniform(place) - 1;
    }

    /** Between the swings of two neighbouring places of a lattice with that step, in a straight line. */
    public double wander(long at, long step) {
        long place = Math.floorDiv(at, step);
        double fraction = (double) Math.floorMod(at, step) / step;
        double here = swing(place);
        return here + (swing(place + 1) - here) * fraction;
    }

    /** SplitMix64's finalizer. */
    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }
}
