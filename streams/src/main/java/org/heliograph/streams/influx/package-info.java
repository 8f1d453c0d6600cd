/**
 * The sink: what the engine publishes, into InfluxDB (1.x, 2.x, or QuestDB behind the same write interface), through a
 * Kafka consumer of its own. {@link org.heliograph.streams.influx.InfluxSink} is its shell.
 *
 * <p>Offsets are committed after the write was acknowledged, so a record is written at least once; the time and the
 * tags of a point are those of its window, so writing it again overwrites it. While the store is away the partitions
 * are paused and the consumer stays in its group, for as long as it takes. A point that the store refuses is found by
 * halving the batch, and its record goes to {@code hg.rejects}.
 *
 * <p>Every number is written as a float, counts and {@code revision} too, and {@code estimated} as 0 or 1 (so that its
 * mean is a share): a field's type never depends on its value, which InfluxDB and QuestDB would answer with a type
 * conflict. {@code state}, {@code pue_category} and {@code flag} are texts. An absent figure is an absent field; a point
 * without a field isn't written. InfluxDB merges the fields of a point that is written again (QuestDB replaces the whole
 * row): a figure that a restatement withdraws is taken out first, by deleting the point; {@link
 * org.heliograph.streams.influx.Leftovers} says which ones are asked about.
 */
@NullMarked
package org.heliograph.streams.influx;

import org.jspecify.annotations.NullMarked;
