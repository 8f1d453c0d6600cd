/** Reports of what a real Kafka holds. */
@NullMarked
package org.heliograph.lab.report;

import org.jspecify.annotations.NullMarked;
