/** What all of Heliograph's programs share; the packages below say what devices, agents and engines tell each other. */
@NullMarked
package org.heliograph.telemetry;

import org.jspecify.annotations.NullMarked;
