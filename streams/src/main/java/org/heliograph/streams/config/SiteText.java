package org.heliograph.streams.config;

import java.time.Instant;
import org.heliograph.telemetry.site.SiteModel;

/**
 * A site model and the text that it was read from, as {@code hg.sites} carries it.
 *
 * @param written when its file was changed last
 */
public record SiteText(SiteModel model, String yaml, Instant written) {}
