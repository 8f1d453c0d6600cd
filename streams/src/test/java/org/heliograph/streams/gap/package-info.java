@NullMarked
package org.heliograph.streams.gap;

import org.jspecify.annotations.NullMarked;
