/**
 * What devices show and how they say it: instruments that read the ledger's registers and the plant's state, and SenML
 * packs (RFC 8428) of what they read. The same for every transport.
 */
@NullMarked
package org.heliograph.sim.device;

import org.jspecify.annotations.NullMarked;
