/**
 * The side that is partitioned by site: adds the device partitions' shares up to minutes, the minutes to quarters, hours, days,
 * months and years, publishes each as it grows, closes and is restated, and says what is live. Of the device side it knows the
 * words for agents and losses, nothing of how anything is measured.
 */
@NullMarked
package org.heliograph.streams.topology.site;

import org.jspecify.annotations.NullMarked;
