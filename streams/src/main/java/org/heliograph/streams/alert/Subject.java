package org.heliograph.streams.alert;

/**
 * What an alert is about, under one rule; also its key in {@code hg.alerts}.
 *
 * @param device a device, or an agent; empty when it is the whole site
 */
record Subject(String site, String device, String rule) {
    String key() {
        return String.join("/", site, device, rule);
    }
}
