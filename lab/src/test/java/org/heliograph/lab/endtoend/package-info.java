/** The whole path, with real servers, against the truth ledger. */
@NullMarked
package org.heliograph.lab.endtoend;

import org.jspecify.annotations.NullMarked;
