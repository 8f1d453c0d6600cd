/**
 * The engine on Kafka Streams, and the only package that knows it. The device side is partitioned by device: it keeps the
 * samples of the late horizon, measures each device's minutes and sums them by role. Only these sums travel, by site, to
 * the site side, which adds the partitions' shares up to minutes, the minutes to quarters, hours and days, and publishes
 * each window as it grows, closes and is restated. Processing is exactly-once; every published value is recomputed from
 * the stored samples or sums, so an update is a replacement and never an increment.
 */
@NullMarked
package org.heliograph.streams.topology;

import org.jspecify.annotations.NullMarked;
