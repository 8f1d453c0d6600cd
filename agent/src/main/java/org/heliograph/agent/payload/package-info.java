/**
 * What every decoder answers with, whatever transport brought the payload and whatever its format: the readings of one
 * or several devices, or the sentence that becomes a dead letter's reason. The formats are below, one package each.
 */
@NullMarked
package org.heliograph.agent.payload;

import org.jspecify.annotations.NullMarked;
