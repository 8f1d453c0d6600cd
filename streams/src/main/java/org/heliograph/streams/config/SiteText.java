package org.heliograph.streams.config;

import org.heliograph.telemetry.site.SiteModel;

/** A site model and the text that it was read from, as {@code hg.sites} carries it. */
public record SiteText(SiteModel model, String yaml) {}
