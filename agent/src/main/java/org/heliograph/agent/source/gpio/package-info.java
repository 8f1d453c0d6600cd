/**
 * Meters that count in pulses (S0, IEC 62053-31) on the pins of the machine. The agent is the register: the count is
 * kept on disk no later than the reading that shows it, so that it never falls behind what was reported.
 */
@NullMarked
package org.heliograph.agent.source.gpio;

import org.jspecify.annotations.NullMarked;
