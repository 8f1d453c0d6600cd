/**
 * What both sides of the engine stand on: the keys of the stores and how their contents are read, stores that are written at
 * commits only, site models and factors as every instance has them, the words that the two sides and the topology have for each
 * other. Knows neither side.
 */
@NullMarked
package org.heliograph.streams.topology.state;

import org.jspecify.annotations.NullMarked;
