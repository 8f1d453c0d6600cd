@NullMarked
package org.heliograph.lab.server;

import org.jspecify.annotations.NullMarked;
