package org.heliograph.sim.mqtt;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** The MQTT connections of all simulated devices of a site. */
public final class MqttFleet implements AutoCloseable {
    private static final int CONNECTIONS = 4;
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private final Receipts receipts = new Receipts();
    private final List<Line> lines;

    /**
     * Connects in the background; a broker that isn't there yet is waited for.
     *
     * @param clientPrefix MQTT client ids are this and a number
     */
    public MqttFleet(MqttBroker broker, String clientPrefix) {
        lines = IntStream.range(0, CONNECTIONS)
                .mapToObj(i -> new Line(broker, clientPrefix + "-" + i, receipts))
                .toList();
        lines.forEach(Line::start);
    }

    /** Hands over a pack; waits while the queue is full. Packs of one topic stay in order. */
    public void publish(String topic, byte[] payload) throws InterruptedException {
        lines.get(Math.floorMod(topic.hashCode(), lines.size())).queue(topic, payload);
    }

    /**
     * From now on and for that long, a pack that the broker says nobody subscribed to is sent again, instead of being
     * lost on a listener that is still starting.
     */
    public void insistOnListeners(Duration patience) {
        receipts.insistFor(patience);
    }

    /** Waits until the broker has confirmed or refused everything that was handed over. */
    public void awaitConfirmed() throws InterruptedException {
        receipts.awaitAll();
    }

    /** How many packs the broker has confirmed. */
    public long confirmed() {
        return receipts.confirmed();
    }

    /** How many of them nobody had subscribed to. */
    public long unheard() {
        return receipts.unheard();
    }

    /** How many packs the broker has refused: nobody gets them. */
    public long refused() {
        return receipts.refused();
    }

    /** Gives the broker a few seconds to confirm what is left. */
    @Override
    public void close() {
        try {
            receipts.awaitAll(FAREWELL);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        receipts.close();
        lines.forEach(Line::close);
    }
}
