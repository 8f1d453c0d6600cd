/**
 * What the operator writes: {@code agent.yaml} as one tree of records, read whole, every fault with its line and field.
 * The records know no protocol library; the sources take theirs from here.
 */
@NullMarked
package org.heliograph.agent.config;

import org.jspecify.annotations.NullMarked;
