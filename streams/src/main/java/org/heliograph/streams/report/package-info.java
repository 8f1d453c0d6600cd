/**
 * The report of a site's year or month, for the office: what the windows of {@code hg.kpi} say, and what they don't.
 * {@link org.heliograph.streams.report.SiteReport} is made of windows and a site model and knows no library;
 * {@link org.heliograph.streams.report.StatedWindows} reads them from Kafka, and HTML, PDF and CSV are written of it, all three
 * with the same figures. An absent figure is said to be absent.
 */
@NullMarked
package org.heliograph.streams.report;

import org.jspecify.annotations.NullMarked;
