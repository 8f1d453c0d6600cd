package org.heliograph.streams.alert;

/**
 * A number that the figures give for a device, or for a site.
 *
 * @param timeMillis event time of the figure's end
 * @param patienceMillis how long its subject may say nothing and is well all the same; 0 for what is figured out regularly
 * @param remark for people, beside the value; may be empty
 */
record Observation(
        Watch watch, String site, String device, double value, long timeMillis, long patienceMillis, String remark) {
    Observation(Watch watch, String site, String device, double value, long timeMillis, String remark) {
        this(watch, site, device, value, timeMillis, 0, remark);
    }
}
