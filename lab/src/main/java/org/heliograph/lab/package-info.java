/** The laboratory: demo, end-to-end tests and benchmarks. Nothing imports it. */
@NullMarked
package org.heliograph.lab;

import org.jspecify.annotations.NullMarked;
