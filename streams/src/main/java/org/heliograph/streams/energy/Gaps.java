package org.heliograph.streams.energy;

import java.util.ArrayList;
import java.util.List;

/** What of a window isn't covered yet, by what covers it from its start to its end. */
final class Gaps {
    private final List<Gap> closed = new ArrayList<>(2);
    private final long startMillis;
    private final long endMillis;
    private long reachedMillis;

    Gaps(long startMillis, long endMillis) {
        this.startMillis = startMillis;
        this.endMillis = endMillis;
        this.reachedMillis = startMillis;
    }

    /** A time, from inclusive, to exclusive. */
    record Gap(long fromMillis, long toMillis) {
        long lengthMillis() {
            return toMillis - fromMillis;
        }
    }

    /** @param fromMillis not before what was covered last */
    void cover(long fromMillis, long toMillis) {
        if (fromMillis > reachedMillis) {
            closed.add(new Gap(reachedMillis, fromMillis));
        }
        reachedMillis = toMillis;
    }

    List<Gap> open() {
        List<Gap> open = new ArrayList<>(closed);
        if (reachedMillis < endMillis) {
            open.add(new Gap(reachedMillis, endMillis));
        }
        return open;
    }

    long coveredMillis() {
        long covered = endMillis - startMillis;
        for (Gap gap : open()) {
            covered -= gap.lengthMillis();
        }
        return covered;
    }
}
