package org.heliograph.agent.source.mqtt;

import java.io.Serial;
import java.util.List;
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

    /** @param codes an answer for each filter, in their order; null where the client tells none */
    static List<String> refused(List<String> filters, int @Nullable [] codes) {
        return codes == null
                ? List.of()
                : IntStream.range(0, Math.min(codes.length, filters.size()))
                        .filter(i -> codes[i] >= FAILURE)
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

    /**
     * Connects to the session of this client, and says whether the broker has kept it. Messages of it may come before this
     * returns.
     */
    boolean connect(@Nullable Notice will, Listener listener) throws LinkException;

    /** Subscribes, and says which filters the broker refuses. */
    List<String> subscribe(List<String> filters) throws LinkException;

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
