package org.heliograph.streams.topology.state;

import java.io.IOException;

/** A state store holds bytes that this program didn't write: a programming error or a damaged disk. */
public final class StateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StateException(String store, Throwable cause) {
        super("state store '" + store + "' can't be read", cause);
    }

    /** Parses a stored message. */
    public interface Parser<S, T> {
        T parse(S bytes) throws IOException;
    }

    public static <S, T> T read(String store, S bytes, Parser<S, T> parser) {
        try {
            return parser.parse(bytes);
        } catch (IOException e) {
            throw new StateException(store, e);
        }
    }
}
