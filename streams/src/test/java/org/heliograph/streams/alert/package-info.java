@NullMarked
package org.heliograph.streams.alert;

import org.jspecify.annotations.NullMarked;
