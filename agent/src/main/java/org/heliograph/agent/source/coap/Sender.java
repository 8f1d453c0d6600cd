package org.heliograph.agent.source.coap;

import org.heliograph.telemetry.reading.DeviceId;

/** Who a message comes from, as far as that is proved. */
sealed interface Sender {
    record Device(DeviceId id) implements Sender {}

    /** Somebody whom the configuration lets speak for any device that has no proof of its own. */
    record Anyone(String address) implements Sender {}

    record Stranger(String address) implements Sender {}
}
