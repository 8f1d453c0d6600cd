package org.heliograph.streams.topology;

import com.google.protobuf.InvalidProtocolBufferException;

/** A state store holds bytes that this program didn't write: a programming error or a damaged disk. */
final class StateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StateException(String store, Throwable cause) {
        super("state store '" + store + "' can't be read", cause);
    }

    /** Parses a stored message. */
    interface Parser<T> {
        T parse(byte[] bytes) throws InvalidProtocolBufferException;
    }

    static <T> T read(String store, byte[] bytes, Parser<T> parser) {
        try {
            return parser.parse(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new StateException(store, e);
        }
    }
}
