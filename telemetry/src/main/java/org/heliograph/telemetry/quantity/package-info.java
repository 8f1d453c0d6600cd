/** Quantities with their units, as they are written at the product's boundaries: configuration, payloads, figures. */
@NullMarked
package org.heliograph.telemetry.quantity;

import org.jspecify.annotations.NullMarked;
