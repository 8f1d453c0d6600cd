/**
 * The gate of the engine: which records of {@code hg.telemetry} are readings of a known device at a plausible time. What is
 * not goes to the dead letters with its reason; nothing is dropped silently.
 */
@NullMarked
package org.heliograph.streams.ingest;

import org.jspecify.annotations.NullMarked;
