/** The streams program: the engine, the sink, the live page and the alerts, each of which can be switched off; and reports. */
@NullMarked
package org.heliograph.streams;

import org.jspecify.annotations.NullMarked;
