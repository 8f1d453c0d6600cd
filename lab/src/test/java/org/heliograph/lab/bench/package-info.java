/** What the benchmarks measure with. */
@NullMarked
package org.heliograph.lab.bench;

import org.jspecify.annotations.NullMarked;
