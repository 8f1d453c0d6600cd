/**
 * A simulated site: devices that speak the real protocols, read from a plant whose every second is booked in a truth
 * ledger. {@link org.heliograph.sim.SimulatedSite} is the whole of it for programs, {@link org.heliograph.sim.Main} for
 * people, {@link org.heliograph.sim.Casablanca} the site that ships.
 */
@NullMarked
package org.heliograph.sim;

import org.jspecify.annotations.NullMarked;
