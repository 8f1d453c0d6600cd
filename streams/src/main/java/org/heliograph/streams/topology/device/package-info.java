/**
 * The side that is partitioned by device: takes packs in, keeps their samples, measures each device's minutes from all samples
 * that are known of them, and sums them by site and role. Only these sums travel. Knows nothing of the site side.
 */
@NullMarked
package org.heliograph.streams.topology.device;

import org.jspecify.annotations.NullMarked;
