@NullMarked
package org.heliograph.streams.influx;

import org.jspecify.annotations.NullMarked;
