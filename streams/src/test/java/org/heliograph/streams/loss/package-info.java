@NullMarked
package org.heliograph.streams.loss;

import org.jspecify.annotations.NullMarked;
