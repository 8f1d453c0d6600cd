/** The product's topics, as the contract has them: planned, created, compared with what is there, and read to their ends. */
@NullMarked
package org.heliograph.streams.topology.topics;

import org.jspecify.annotations.NullMarked;
