@NullMarked
package org.heliograph.lab.pki;

import org.jspecify.annotations.NullMarked;
