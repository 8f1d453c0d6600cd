package org.heliograph.agent.payload.senml;

import java.time.Instant;
import java.util.Optional;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.Refusal;
import org.heliograph.telemetry.reading.DeviceId;
import org.jspecify.annotations.Nullable;

/** Decodes SenML packs. Safe for use by several threads. */
public final class SenmlDecoder {
    /** A payload longer than this is refused unread. */
    public static final int BODY_BYTES_MAX = 64 << 10;

    static final int RECORDS_MAX = 10_000;

    /** Reads a pack whose transport doesn't say how it is written: what begins like a CBOR array is CBOR. */
    public Decoded decode(byte[] body, DeviceId device, Instant arrival) {
        return decode(SenmlFormat.of(body), body, device, arrival);
    }

    /**
     * Reads a pack.
     *
     * @param device who sent it, by the transport
     * @param arrival what relative times relate to
     */
    public Decoded decode(SenmlFormat format, byte[] body, DeviceId device, Instant arrival) {
        return decode(format, body, device.site(), device, arrival);
    }

    /** Reads a pack whose sender nobody knows: the device is the one that all its names say, {@code {device}:{point}}. */
    public Decoded decodeNamed(SenmlFormat format, byte[] body, String site, Instant arrival) {
        return decode(format, body, site, null, arrival);
    }

    private static Decoded decode(
            SenmlFormat format, byte[] body, String site, @Nullable DeviceId device, Instant arrival) {
        if (body.length > BODY_BYTES_MAX) {
            return new Decoded.Refused("a body of " + body.length + " bytes exceeds " + BODY_BYTES_MAX);
        }
        int number = 0;
        try {
            Records records = switch (format) {
                case JSON -> new JsonRecords(body);
                case CBOR -> new CborRecords(body);
            };
            Resolution resolution = new Resolution(arrival);
            SenmlPack pack = new SenmlPack(site, device);
            SenmlRecord senml = new SenmlRecord();
            while (true) {
                number++;
                if (!records.next(senml)) {
                    number = 0;
                    return new Decoded.Accepted(pack.readings().stream().toList(), pack.stamp());
                }
                if (number > RECORDS_MAX) {
                    return new Decoded.Refused("more than " + RECORDS_MAX + " records");
                }
                Optional<Resolution.Resolved> resolved = resolution.resolve(senml);
                if (resolved.isPresent()) {
                    pack.add(resolved.get());
                }
            }
        } catch (Malformed malformed) {
            return new Decoded.Refused(malformed.reason());
        } catch (Refusal refusal) {
            return new Decoded.Refused((number > 0 ? "record " + number + ": " : "") + refusal.reason());
        }
    }
}
