/** Every door of the pipeline, tried by whom it is for and by whom it isn't, with real servers. */
@NullMarked
package org.heliograph.lab.security;

import org.jspecify.annotations.NullMarked;
