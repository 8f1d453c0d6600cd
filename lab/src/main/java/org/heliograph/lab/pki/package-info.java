/**
 * A certificate authority for development and tests: it signs what every connection of the product needs, in the PEM
 * files that the configurations name. Not for production: its key lies beside what it signs.
 */
@NullMarked
package org.heliograph.lab.pki;

import org.jspecify.annotations.NullMarked;
