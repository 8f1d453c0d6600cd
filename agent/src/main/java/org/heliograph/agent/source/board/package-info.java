/**
 * What hangs on the machine's own pins and buses: meters that count in pulses (S0, IEC 62053-31), leak and door contacts,
 * sensors on I2C, and a light that shows how the agent is doing. Of a pulse meter the agent is the register: the count is
 * kept on disk no later than the reading that shows it, so that after a crash it is never behind what was reported. What
 * is absent, on a board or because the machine is none, is said once and waited for; everything else goes on.
 */
@NullMarked
package org.heliograph.agent.source.board;

import org.jspecify.annotations.NullMarked;
