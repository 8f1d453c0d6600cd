package org.heliograph.agent.payload;

import java.io.Serial;

/** Leaves a parser where a payload proves unacceptable; a decoder turns it into {@link Decoded.Refused}. */
public final class Refusal extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    public Refusal(String reason) {
        super(reason, null, false, false);
    }

    public String reason() {
        return String.valueOf(getMessage());
    }

    /** What a device sent, short enough to be quoted in a reason. */
    public static String quoted(String text) {
        return "'" + (text.length() <= 80 ? text : text.substring(0, 80) + "...") + "'";
    }
}
