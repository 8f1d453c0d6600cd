/**
 * Energy of one device over one minute, from its registers and gauges. Pure: a result depends on the set of samples
 * alone, never on their order of arrival. Energies are integer millijoules, rounded on the cumulative function at the
 * minute's boundaries, so that minutes add up exactly to any longer window.
 */
@NullMarked
package org.heliograph.streams.energy;

import org.jspecify.annotations.NullMarked;
