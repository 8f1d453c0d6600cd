/** {@code heliograph demo}: the pipeline on one machine, with what a person wants to see of it in a terminal. */
@NullMarked
package org.heliograph.lab.demo;

import org.jspecify.annotations.NullMarked;
