/** The agent as it runs: against Debian's Mosquitto and a real Kafka broker, in this process or killed in its own. */
@NullMarked
package org.heliograph.lab.agent;

import org.jspecify.annotations.NullMarked;
