@NullMarked
package org.heliograph.lab.influx;

import org.jspecify.annotations.NullMarked;
