/**
 * SenML (RFC 8428) of one device, JSON or CBOR, to readings. A reader for each format brings records, one resolution
 * makes them say all that they mean, and a pack makes readings of those. The device's identity comes from the transport;
 * names in the pack may only repeat it. A pack is taken whole or refused whole, with a sentence that says why; energies
 * go through decimal arithmetic, never through floating point.
 */
@NullMarked
package org.heliograph.agent.payload.senml;

import org.jspecify.annotations.NullMarked;
