/**
 * Simulated devices that speak MQTT 5: packs go out at least once (QoS 1) over a few connections that many devices
 * share. What was handed over stays in a bounded queue until the broker has confirmed it, across any number of
 * reconnects.
 */
@NullMarked
package org.heliograph.sim.mqtt;

import org.jspecify.annotations.NullMarked;
