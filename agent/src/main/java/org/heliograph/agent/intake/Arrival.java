package org.heliograph.agent.intake;

import java.time.Instant;
import org.heliograph.telemetry.reading.DeviceId;
import org.jspecify.annotations.Nullable;

/**
 * A payload as it came in, for the dead letter should it be refused.
 *
 * @param source where it came from: an MQTT topic, a CoAP URI, a pin
 * @param device who sent it, as the transport says; null when the transport doesn't say
 * @param at when it came, by this machine's clock
 */
@SuppressWarnings("ArrayRecordComponent") // bytes that are handed on, never compared
public record Arrival(String source, @Nullable DeviceId device, byte[] payload, Instant at) {}
