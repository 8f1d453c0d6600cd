/**
 * SenML, Sparkplug B and mapped JSON from MQTT brokers, of MQTT 5 or 3.1.1. QoS 1 over a session that outlives the
 * connection; a message is acknowledged only once the intake has it on disk, so that a broker brings back whatever was
 * under way when either side fell. The topic says who speaks.
 */
@NullMarked
package org.heliograph.agent.source.mqtt;

import org.jspecify.annotations.NullMarked;
