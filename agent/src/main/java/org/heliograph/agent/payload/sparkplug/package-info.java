/**
 * Sparkplug B 3.0 as a host application reads it. What an alias means is known only from births, and whether a birth was
 * missed only from the sequence: {@link org.heliograph.agent.payload.sparkplug.SparkplugHost} is that protocol as a state
 * machine, which holds no connection and no clock. It takes messages and answers with readings, with who is there, and
 * with the commands that ask an edge node to be born again. No alias is ever resolved by a table that a lost message might
 * have replaced: after the slightest doubt a node's data are refused until its next birth.
 */
@NullMarked
package org.heliograph.agent.payload.sparkplug;

import org.jspecify.annotations.NullMarked;
