/**
 * Whether the agent's clock can be believed, and what to do with readings that have no time of their own while it can't: they
 * are kept with the time since the machine's start, which no setting of the clock changes, and get their real time once it is
 * known. {@link org.heliograph.agent.intake.time.Standing#next} decides and knows no clock; the machine is behind a seam.
 */
@NullMarked
package org.heliograph.agent.intake.time;

import org.jspecify.annotations.NullMarked;
