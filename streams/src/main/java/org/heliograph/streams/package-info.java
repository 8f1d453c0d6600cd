/** The streams program: the engine, the sink and the live page, each of which can be switched off. */
@NullMarked
package org.heliograph.streams;

import org.jspecify.annotations.NullMarked;
