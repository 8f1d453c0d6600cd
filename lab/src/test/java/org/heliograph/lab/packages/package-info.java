/** What is installed: the Debian package and the images, made by the build, put in place and run as on a machine of theirs. */
@NullMarked
package org.heliograph.lab.packages;

import org.jspecify.annotations.NullMarked;
