/**
 * The engine on Kafka Streams, and the only package, with those below it, that knows it. {@code device} is partitioned by
 * device: it keeps {@code samples} of the late horizon, measures each device's minutes and sums them by role. Only these sums
 * travel, by site, to {@code site}, which adds the partitions' shares up to minutes, the minutes to quarters, hours and days,
 * and publishes each window as it grows, closes and is restated. {@code state} is what both stand on. Processing is
 * exactly-once; every published value is recomputed from the stored samples or sums, so an update is a replacement and never
 * an increment. Here the two sides become one topology; it is run, replayed beside itself, and reset.
 */
@NullMarked
package org.heliograph.streams.topology;

import org.jspecify.annotations.NullMarked;
