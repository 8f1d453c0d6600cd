/**
 * What goes wrong between what a device measures and what arrives of it. A seeded plan says which device has which fault
 * when; displays falsify readings, posts lose and hold back messages, both as the plan says; and the ledger of faults
 * says what may be expected of figures that were made of such readings: which must be exact, which only in total, and
 * which can't be known and have to be marked.
 */
@NullMarked
package org.heliograph.sim.fault;

import org.jspecify.annotations.NullMarked;
