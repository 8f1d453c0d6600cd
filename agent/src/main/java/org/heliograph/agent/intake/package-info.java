/**
 * Where every source hands in what it took, and learns what it may tell the device: kept (on disk, acknowledge), full
 * (come back later, no acknowledgement) or refused (a dead letter, on disk too, acknowledge). Nothing is dropped here
 * without an answer.
 */
@NullMarked
package org.heliograph.agent.intake;

import org.jspecify.annotations.NullMarked;
