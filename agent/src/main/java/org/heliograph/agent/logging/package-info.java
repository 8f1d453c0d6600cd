/** What the agent logs, and how. */
@NullMarked
package org.heliograph.agent.logging;

import org.jspecify.annotations.NullMarked;
