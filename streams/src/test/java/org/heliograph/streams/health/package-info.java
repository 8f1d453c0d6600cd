@NullMarked
package org.heliograph.streams.health;

import org.jspecify.annotations.NullMarked;
