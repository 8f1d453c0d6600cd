package org.heliograph.lab.bench;

import java.time.Duration;

/** How devices pack what they read: every so often an instant of all their points, so many instants in a record. */
enum Shape {
    /** A minute in a record: the usual way of devices that are read every ten seconds. */
    MINUTE(Duration.ofSeconds(10), 6),
    /** As the demo tells the past: ten minutes in a record, an instant each. */
    REPLAY(Duration.ofMinutes(1), 10),
    /** A record for each instant: the usual way of live devices. */
    INSTANT(Duration.ofSeconds(10), 1);

    final Duration cadence;
    final int instants;

    Shape(Duration cadence, int instants) {
        this.cadence = cadence;
        this.instants = instants;
    }
}
