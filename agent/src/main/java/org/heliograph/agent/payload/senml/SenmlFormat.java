package org.heliograph.agent.payload.senml;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a pack is written down (RFC 8428 sections 5 and 6). */
public enum SenmlFormat {
    JSON(110, "application/senml+json"),
    CBOR(112, "application/senml+cbor");

    private static final int CBOR_ARRAY = 0x80;
    private static final int CBOR_ARRAY_LAST = 0x9f;

    /** Tag 55799, "what follows is CBOR". */
    private static final int CBOR_SELF_DESCRIBED = 0xd9;

    private final int contentFormat;
    private final String mediaType;

    SenmlFormat(int contentFormat, String mediaType) {
        this.contentFormat = contentFormat;
        this.mediaType = mediaType;
    }

    /** The number that CoAP gives it. */
    public int contentFormat() {
        return contentFormat;
    }

    public String mediaType() {
        return mediaType;
    }

    public static Optional<SenmlFormat> ofContentFormat(int number) {
        return Arrays.stream(values())
                .filter(format -> format.contentFormat == number)
                .findFirst();
    }

    /** @param text a media type, perhaps with parameters */
    public static Optional<SenmlFormat> ofMediaType(String text) {
        String bare = text.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(format -> format.mediaType.equals(bare))
                .findFirst();
    }

    /** What a body must be meant as whose transport doesn't say: what begins like a CBOR array is CBOR. */
    public static SenmlFormat of(byte[] body) {
        int first = body.length == 0 ? 0 : body[0] & 0xff;
        return first == CBOR_SELF_DESCRIBED || (first >= CBOR_ARRAY && first <= CBOR_ARRAY_LAST) ? CBOR : JSON;
    }
}
