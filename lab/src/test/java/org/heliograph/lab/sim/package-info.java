/** The simulated devices against real brokers: what they say arrives whole, through outages too. */
@NullMarked
package org.heliograph.lab.sim;

import org.jspecify.annotations.NullMarked;
