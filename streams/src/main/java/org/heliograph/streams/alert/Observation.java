package org.heliograph.streams.alert;

/**
 * A number that the figures give for a device, or for a site.
 *
 * @param timeMillis event time of the figure's end
 * @param remark for people, beside the value; may be empty
 */
record Observation(Watch watch, String site, String device, double value, long timeMillis, String remark) {}
