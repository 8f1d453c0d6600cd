package org.heliograph.agent.payload.json;

/**
 * A JSON pointer (RFC 6901). The empty one is the whole document, which for a topic that carries a bare number is that
 * number.
 */
public record Pointer(String text) {
    /** @throws IllegalArgumentException with a sentence, if the text is no pointer */
    public Pointer {
        if (!text.isEmpty() && text.charAt(0) != '/') {
            throw new IllegalArgumentException("'" + text + "' is not a JSON pointer such as /ENERGY/Power");
        }
        for (int i = text.indexOf('~'); i >= 0; i = text.indexOf('~', i + 1)) {
            if (i + 1 == text.length() || (text.charAt(i + 1) != '0' && text.charAt(i + 1) != '1')) {
                throw new IllegalArgumentException("'" + text + "': in a JSON pointer ~ is written ~0, and / ~1");
            }
        }
    }

    static String escaped(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }

    @Override
    public String toString() {
        return text.isEmpty() ? "the payload" : text;
    }
}
