/** What a device's readings are as a set: ordered by time, each once, the same whatever order they came in. */
@NullMarked
package org.heliograph.streams.sample;

import org.jspecify.annotations.NullMarked;
