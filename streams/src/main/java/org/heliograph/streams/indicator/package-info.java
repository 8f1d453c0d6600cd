/**
 * Key figures (ISO/IEC 30134, EN 50600-4) of a window from additive sums: ratios of energies over the same, matched
 * minutes. A figure that can't be known is absent.
 */
@NullMarked
package org.heliograph.streams.indicator;

import org.jspecify.annotations.NullMarked;
