/** Recordings of real devices, read as the engine would get them, and what the engine makes of them. */
@NullMarked
package org.heliograph.streams.recording;

import org.jspecify.annotations.NullMarked;
