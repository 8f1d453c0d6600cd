/**
 * What a device says: samples of its points. A register counts energy, in exact millijoules; a gauge shows a value at
 * an instant. A source decodes a payload into {@link org.heliograph.telemetry.reading.Readings}; the wire carries them
 * as packs.
 */
@NullMarked
package org.heliograph.telemetry.reading;

import org.jspecify.annotations.NullMarked;
