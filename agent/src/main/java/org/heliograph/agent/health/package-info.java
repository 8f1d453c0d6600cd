/**
 * How the agent is doing, and its devices: who is silent, what is wrong, what was counted; asked over HTTP, by people, by
 * a supervisor and by Prometheus. Nothing here holds a reading up.
 */
@NullMarked
package org.heliograph.agent.health;

import org.jspecify.annotations.NullMarked;
