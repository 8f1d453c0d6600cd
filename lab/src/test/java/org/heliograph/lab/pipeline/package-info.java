/** The comparison with the ledger, without servers. */
@NullMarked
package org.heliograph.lab.pipeline;

import org.jspecify.annotations.NullMarked;
