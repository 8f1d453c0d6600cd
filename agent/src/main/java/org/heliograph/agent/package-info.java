/**
 * The edge agent: takes readings from devices over MQTT, CoAP and GPIO, keeps them on disk before it acknowledges them,
 * and sends them to Kafka. A reading walks through {@code source}, {@code payload}, {@code intake}, {@code journal} and
 * {@code uplink}; this package wires them.
 */
@NullMarked
package org.heliograph.agent;

import org.jspecify.annotations.NullMarked;
