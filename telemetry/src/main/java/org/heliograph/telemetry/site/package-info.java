/**
 * What exists on a site and what its energy counts as, over time. A {@link org.heliograph.telemetry.site.SiteModel} is
 * read from {@code site.yaml}; a change there takes effect from its {@code validFrom} and never rewrites the past.
 */
@NullMarked
package org.heliograph.telemetry.site;

import org.jspecify.annotations.NullMarked;
