/**
 * The real servers that the demo and the tests run: Kafka, HiveMQ and QuestDB in a JVM of their own, Debian's Mosquitto
 * and InfluxDB. Each is started on free loopback ports with a folder of its own for configuration, data and log, is
 * ready when {@code start} returns, can be killed and restarted on the same ports and data, and is ended by its process
 * id. None outlives the process that started it, even when that one is killed.
 */
@NullMarked
package org.heliograph.lab.server;

import org.jspecify.annotations.NullMarked;
