package org.heliograph.agent.payload.senml;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.time.Instant;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.Refusal;
import org.heliograph.telemetry.reading.DeviceId;

/** Decodes SenML JSON packs. Safe for use by several threads. */
public final class SenmlDecoder {
    /** A payload longer than this is refused unread. */
    public static final int BODY_BYTES_MAX = 64 << 10;

    static final int RECORDS_MAX = 10_000;

    private static final int NESTING_MAX = 16;
    private static final int DIGITS_MAX = 200;

    private final JsonFactory json = JsonFactory.builder()
            // NaN and Infinity are read in order to be refused by name
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(NESTING_MAX)
                    .maxNumberLength(DIGITS_MAX)
                    .maxStringLength(BODY_BYTES_MAX)
                    .build())
            .build();

    /**
     * Reads a pack.
     *
     * @param device who sent it, by the transport
     * @param arrival what relative times relate to
     */
    public Decoded decode(byte[] body, DeviceId device, Instant arrival) {
        if (body.length > BODY_BYTES_MAX) {
            return new Decoded.Refused("a body of " + body.length + " bytes exceeds " + BODY_BYTES_MAX);
        }
        int number = 0;
        try (JsonParser parser = json.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                return new Decoded.Refused("not SenML JSON: not an array of records");
            }
            Pack pack = new Pack(device, arrival);
            SenmlRecord senml = new SenmlRecord();
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                number++;
                if (number > RECORDS_MAX) {
                    return new Decoded.Refused("more than " + RECORDS_MAX + " records");
                }
                senml.read(parser);
                pack.add(senml);
            }
            if (parser.currentToken() != JsonToken.END_ARRAY) {
                return new Decoded.Refused("not SenML JSON: record " + (number + 1) + " is not an object");
            }
            if (parser.nextToken() != null) {
                return new Decoded.Refused("not SenML JSON: something follows the array");
            }
            return new Decoded.Accepted(pack.readings(), pack.stamp());
        } catch (Refusal refusal) {
            return new Decoded.Refused((number > 0 ? "record " + number + ": " : "") + refusal.reason());
        } catch (JsonProcessingException e) {
            return new Decoded.Refused("not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            return new Decoded.Refused("not JSON: " + e.getMessage());
        }
    }
}
