/**
 * SenML from CoAP devices, by observing them (RFC 7641) and by a server of the agent's own to which they push; either with
 * or without DTLS 1.2. Every observation is supervised: one that stays silent beyond its Max-Age, is cancelled, times out
 * or is answered with an error is made anew, with backoff, and looked up again where the device's resource was discovered.
 * However long a device claims that its representation is fresh, it is asked after five minutes of silence.
 *
 * <p>What a device is told to be received is on disk: the acknowledgement of a confirmable notification and the answer to
 * a push both wait for the journal. A device speaks only for the identity that it proved. Strangers and floods are answered
 * before anything is remembered of them, and everything that is remembered is bounded.
 */
@NullMarked
package org.heliograph.agent.source.coap;

import org.jspecify.annotations.NullMarked;
