/**
 * Emission factors: versions of published ones and series of intensities, which of them hold at a moment, and which were
 * used.
 */
@NullMarked
package org.heliograph.streams.factor;

import org.jspecify.annotations.NullMarked;
