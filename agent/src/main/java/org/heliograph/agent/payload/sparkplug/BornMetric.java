package org.heliograph.agent.payload.sparkplug;

import org.jspecify.annotations.Nullable;

/**
 * A metric as its birth defined it.
 *
 * @param meaning null for a metric that is of no concern to us
 * @param unit by the configuration or else by the birth; empty for the point's own
 */
record BornMetric(String name, int dataType, SparkplugNames.@Nullable Metric meaning, String unit) {}
