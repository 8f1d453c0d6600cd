/**
 * SenML JSON (RFC 8428) of one device to its readings. The device's identity comes from the transport; names in the pack may
 * only repeat it. A pack is taken whole or refused whole, with a sentence that says why; energies go through decimal
 * arithmetic, never through floating point.
 */
@NullMarked
package org.heliograph.agent.payload.senml;

import org.jspecify.annotations.NullMarked;
