/**
 * A site's minute: what its devices' energies add up to by role, and whether all of the devices that should be there
 * were. Shares of a minute, one for each partition of the devices, add up to the whole in any order.
 */
@NullMarked
package org.heliograph.streams.site;

import org.jspecify.annotations.NullMarked;
