/**
 * How a streams process is, for those who supervise it: {@link org.heliograph.streams.health.Vitals} is what its parts
 * say of themselves at the moment, {@link org.heliograph.streams.health.HealthServer} answers with it, beside
 * the page or without one, so that an engine or a sink alone can be probed and measured too. It tells states and counts, never a figure.
 */
@NullMarked
package org.heliograph.streams.health;

import org.jspecify.annotations.NullMarked;
