/**
 * The physics of a data centre with solar panels on its roof: weather, inverters, IT load, the
 * losses of the power chain, cooling. Pure: the energy of every second is a function of the seed, the site and that
 * second alone, in whole millijoules, and what comes in equals what goes out, exactly. No clock, no I/O. Only
 * {@link java.lang.StrictMath} is used for transcendental functions, so that every machine computes the same bits.
 */
@NullMarked
package org.heliograph.sim.plant;

import org.jspecify.annotations.NullMarked;
