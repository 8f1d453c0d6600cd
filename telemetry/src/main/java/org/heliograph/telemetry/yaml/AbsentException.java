package org.heliograph.telemetry.yaml;

import java.io.Serial;

/** Leaves a parser where what a text names isn't there at the moment, though the text is right. */
public final class AbsentException extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String sentence;

    public AbsentException(String sentence) {
        super(sentence);
        this.sentence = sentence;
    }

    @Override
    public String getMessage() {
        return sentence;
    }
}
