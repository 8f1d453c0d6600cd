/**
 * SenML from CoAP devices, by observing them (RFC 7641). Every observation is supervised: one that stays silent beyond
 * its Max-Age, is cancelled, times out or is answered with an error is made anew, with backoff, and looked up again where
 * the device's resource was discovered. However long a device claims that its representation is fresh, it is asked after
 * five minutes of silence. A notification is confirmed to the device by the protocol, before it is on disk;
 * what an agent loses by being killed in between comes again with the device's next representation, if it still has it.
 */
@NullMarked
package org.heliograph.agent.source.coap;

import org.jspecify.annotations.NullMarked;
