/**
 * {@code heliograph bench}: whole-pipeline runs, measured. Every run prints a table and writes its figures to {@code
 * target/bench/NAME.json}, as ratios to something measured in the same run where that says more than a number.
 */
@NullMarked
package org.heliograph.lab.bench;

import org.jspecify.annotations.NullMarked;
