/**
 * The gap ledger: which of the packs that an agent has numbered came, came twice, or never came. Pure. Under any order
 * and any duplication of the same packs it says the same; a pack that comes late closes its gap. What it remembers of a
 * device is bounded: ranges, not numbers; the oldest gaps and starts of agents are summed up and closed.
 */
@NullMarked
package org.heliograph.streams.gap;

import org.jspecify.annotations.NullMarked;
