/**
 * Alerts: what people are told. Rules judge what the engine publishes, each subject on its own course from quiet over
 * pending to raised and back, with hysteresis and a minimum duration; the rules, the courses and the observations are pure,
 * time comes with the records. {@code hg.alerts}, compacted, is their memory, and what all receivers read: the store, the
 * webhook, the MQTT topics. A consumer of the figures like any other: nothing here is called inside the topology.
 */
@NullMarked
package org.heliograph.streams.alert;

import org.jspecify.annotations.NullMarked;
