/**
 * Windows of time, and how a longer one is made of shorter ones: minutes into quarters of an hour, quarters into hours
 * and into days of the site's own zone, days into its months and years. And where a window is in its life.
 */
@NullMarked
package org.heliograph.streams.rollup;

import org.jspecify.annotations.NullMarked;
