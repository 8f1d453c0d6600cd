/**
 * Bytes and names on Kafka. The schemas are {@code heliograph/v1/*.proto}; their generated classes are in {@code
 * wire.v1}. {@link org.heliograph.telemetry.wire.PackCodec} turns readings into a record's value and back; the figures
 * of the engine are read as the generated messages themselves, whose presence bits say which figures are absent.
 */
@NullMarked
package org.heliograph.telemetry.wire;

import org.jspecify.annotations.NullMarked;
