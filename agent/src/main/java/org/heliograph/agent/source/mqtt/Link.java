package org.heliograph.agent.source.mqtt;

import java.io.Serial;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a broker, in one version of the protocol. Made for one connection: an acknowledgement that comes after
 * it is lost goes nowhere, while the broker brings the message again on the next one.
 */
interface Link extends AutoCloseable {
    /** A broker doesn't send what is larger, but drops it (of MQTT 5; one of 3.1.1 can't be told). */
    int PACKET_BYTES_MAX = 128 << 10;

    int CONNECT_SECONDS = 10;
    long ANSWER_MILLIS = 15_000;
    long DISCONNECT_MILLIS = 500;
    /** For a last word: whoever closes waits for it. */
    long FAREWELL_MILLIS = 1_000;

    int QOS = 1;

    /** Reason codes of a SUBACK or PUBACK from here on are failures. */
    int FAILURE = 0x80;

    /**
     * A connection that the broker has accepted.
     *
     * @param hasKept whether it has kept the session
     * @param keepsFor how long it keeps the session without a connection, where it says that; else as long as was asked for
     */
    record Accepted(boolean hasKept, Optional<Duration> keepsFor) {}

    /**
     * What came of asking for subscriptions.
     *
     * @param refused filters that the broker refuses
     * @param atMostOnce filters of which it brings everything at QoS 0: it keeps nothing for a client that is away
     */
    record Granted(List<String> refused, List<String> atMostOnce) {
        /** @param codes of a SUBACK, one for each filter, in their order; null where the client tells none */
        static Granted of(List<String> filters, int @Nullable [] codes) {
            return new Granted(
                    answered(filters, codes, code -> code >= FAILURE), answered(filters, codes, code -> code < QOS));
        }
    }

    /** @return the filters that were answered with such a code */
    static List<String> answered(List<String> filters, int @Nullable [] codes, IntPredicate such) {
        return codes == null
                ? List.of()
                : IntStream.range(0, Math.min(codes.length, filters.size()))
                        .filter(i -> such.test(codes[i]))
                        .mapToObj(filters::get)
                        .toList();
    }

    /** What comes of a connection. On the client's threads, which have to be free again soon: pings wait behind them. */
    interface Listener {
        void arrived(Message message);

        void lost(String reason);
    }

    /**
     * What a broker brings.
     *
     * @param retained whether the broker had kept it, from an unknown moment
     * @param again whether it was sent before, and the broker has no acknowledgement
     * @param contentType what its publisher says that it is; null when it doesn't, as in 3.1.1
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes that are handed on, never compared
    record Message(
            String topic,
            byte[] payload,
            int id,
            int qos,
            boolean retained,
            boolean again,
            @Nullable String contentType) {}

    /** What is to be published; as a will, when the connection ends without a word. */
    @SuppressWarnings("ArrayRecordComponent") // bytes that are handed on, never compared
    record Notice(String topic, byte[] payload, int qos, boolean retained) {}

    /** It didn't work; the message says why. */
    final class LinkException extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        LinkException(String reason, Throwable cause) {
            super(reason, cause);
        }

        LinkException(String reason) {
            super(reason);
        }
    }

    /** Connects to the session of this client. Messages of it may come before this returns. */
    Accepted connect(@Nullable Notice will, Listener listener) throws LinkException;

    /** Subscribes to each filter, as far as the broker grants it. */
    Granted subscribe(List<String> filters) throws LinkException;

    /** Ends subscriptions, and says which filters the broker keeps all the same (3.1.1 has no word for it). */
    List<String> unsubscribe(List<String> filters) throws LinkException;

    /**
     * Publishes, and at QoS 1 waits until the broker has it.
     *
     * @param withinMillis how long; 0 for not at all
     * @return false if the broker says that it drops it, for want of a right to the topic for instance; it says so in MQTT 5
     *     and at QoS 1 only
     */
    boolean publish(Notice notice, long withinMillis) throws LinkException;

    void acknowledge(Message message);

    @Override
    void close();
}
