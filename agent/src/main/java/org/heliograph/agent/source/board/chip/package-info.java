/**
 * Chips on an I2C bus, as their datasheets have them: which bytes to write, what those that come back mean, and which of
 * them are not to be believed. What fails its checksum, its range or its own flags is absent, with the reason. No clock,
 * no thread and no library: a {@code Wire} is all that they know of the bus.
 */
@NullMarked
package org.heliograph.agent.source.board.chip;

import org.jspecify.annotations.NullMarked;
