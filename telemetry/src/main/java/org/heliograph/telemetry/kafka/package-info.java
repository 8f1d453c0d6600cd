/**
 * What every Kafka client of Heliograph's programs does alike. For modules that have Kafka's clients: this one only
 * names them.
 */
@NullMarked
package org.heliograph.telemetry.kafka;

import org.jspecify.annotations.NullMarked;
