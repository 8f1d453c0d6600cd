/**
 * The samples of the late horizon, device by device and minute by minute, in blocks; what is being measured is held in memory.
 * Whoever asks for a minute gets its samples with the neighbours on both sides that its energy depends on.
 */
@NullMarked
package org.heliograph.streams.topology.samples;

import org.jspecify.annotations.NullMarked;
