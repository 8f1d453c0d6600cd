/**
 * Simulated devices that speak CoAP (RFC 7252): each has a UDP port of its own with an observable {@code /senml} that
 * shows its last readings, oldest first, so that an observer who missed a notification finds what it missed in the next
 * one. All of them share one receiving thread and a few executors. A replay asks here whether every observer has
 * received the whole of what is shown, before it shows more.
 */
@NullMarked
package org.heliograph.sim.coap;

import org.jspecify.annotations.NullMarked;
