package org.heliograph.streams.indicator;

/**
 * Where a site's energy went over some minutes, each of which had all of its meters: millijoules.
 *
 * @param input {@code E_DC}
 * @param it of the highest category that the site has meters for
 * @param distribution between the UPS output and that
 */
public record PueParts(long minutes, long input, long it, long cooling, long auxiliary, long distribution) {
    public static final PueParts NONE = new PueParts(0, 0, 0, 0, 0, 0);

    public PueParts plus(PueParts other) {
        return new PueParts(
                minutes + other.minutes,
                Math.addExact(input, other.input),
                Math.addExact(it, other.it),
                Math.addExact(cooling, other.cooling),
                Math.addExact(auxiliary, other.auxiliary),
                Math.addExact(distribution, other.distribution));
    }

    /** What no meter below the site's accounts for: the losses of transformer and UPS, and whatever has no meter. */
    public long unmetered() {
        return input - it - cooling - auxiliary - distribution;
    }

    /** Whether there is a PUE to speak of. */
    public boolean isRatio() {
        return minutes > 0 && it > 0 && input >= it;
    }

    public double pue() {
        return input / (double) it;
    }
}
