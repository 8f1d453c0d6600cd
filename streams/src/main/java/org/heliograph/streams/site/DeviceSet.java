package org.heliograph.streams.site;

/**
 * Some of a site's devices: how many they are and, by a fingerprint, which. Disjoint sets add up in any order.
 *
 * @param print the fingerprints of all of them, added up modulo 2^64; 0 where there are none, and where nobody said which
 *     they are
 */
public record DeviceSet(int count, long print) {
    public static final DeviceSet NONE = new DeviceSet(0, 0);

    /** A device alone. */
    public static DeviceSet of(String device) {
        return new DeviceSet(1, print(device));
    }

    /** A number of devices that nobody has named. */
    public static DeviceSet unnamed(int count) {
        return new DeviceSet(count, 0);
    }

    DeviceSet plus(DeviceSet other) {
        if (count == 0 || other.count == 0) {
            return count == 0 ? other : this;
        }
        return new DeviceSet(count + other.count, isNamed() && other.isNamed() ? print + other.print : 0);
    }

    /**
     * Whether these are the expected ones, all of them and no other: one that isn't expected would stand in for one that
     * is missing. Where nobody said which they are it is judged by their number.
     */
    public boolean coversAll(DeviceSet expected) {
        if (expected.count == 0) {
            return true;
        }
        return (isNamed() && expected.isNamed()) ? equals(expected) : count >= expected.count;
    }

    private boolean isNamed() {
        return print != 0;
    }

    /** Stored, so it stays as it is. Each step is one to one; the last are those of SplitMix64. */
    private static long print(String device) {
        long h = 0x9e3779b97f4a7c15L;
        for (int i = 0; i < device.length(); i++) {
            h = (h ^ device.charAt(i)) * 0xff51afd7ed558ccdL;
            h ^= h >>> 32;
        }
        h = (h ^ h >>> 30) * 0xbf58476d1ce4e5b9L;
        h = (h ^ h >>> 27) * 0x94d049bb133111ebL;
        return h ^ h >>> 31;
    }
}
