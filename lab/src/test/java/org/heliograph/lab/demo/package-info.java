/** What the commands refuse, before anything is started. */
@NullMarked
package org.heliograph.lab.demo;

import org.jspecify.annotations.NullMarked;
