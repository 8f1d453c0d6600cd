package org.heliograph.streams.topology.site;

import org.heliograph.streams.rollup.Cause;

/** Why a window changes, and when. */
record WindowChange(Cause cause, long millis) {
    /** The later of two. */
    WindowChange or(WindowChange other) {
        return other.millis >= millis ? other : this;
    }
}
