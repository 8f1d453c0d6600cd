/**
 * The truth. The plant is integrated second by second into cumulative millijoules of every register and every unmetered
 * loss; the values at each minute's end are kept, so that the energy of any window of whole minutes can be asked for,
 * exactly. What devices show derives from here, so the ledger is the oracle for everything that reads them.
 */
@NullMarked
package org.heliograph.sim.ledger;

import org.jspecify.annotations.NullMarked;
