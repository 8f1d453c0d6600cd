/**
 * The side that is partitioned by site: adds the device partitions' shares up to minutes, the minutes to quarters, hours, days,
 * months and years, publishes each as it grows, closes and is restated, and says what is live. Knows nothing of
 * the device side.
 */
@NullMarked
package org.heliograph.streams.topology.site;

import org.jspecify.annotations.NullMarked;
