package org.heliograph.sim.coap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread that receives for many UDP sockets. */
final class UdpLoop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(UdpLoop.class);
    /** CoAP messages are at most 1,152 bytes unless both sides agree on more. */
    private static final int DATAGRAM_BYTES = 2_048;

    private final Selector selector;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(DATAGRAM_BYTES);

    UdpLoop() {
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().name("coap-devices-receive").daemon().start(this::run);
    }

    /** @param receiver is called in the loop's thread with each datagram and its source */
    void register(DatagramChannel channel, BiConsumer<byte[], InetSocketAddress> receiver)
            throws ClosedChannelException {
        channel.register(selector, SelectionKey.OP_READ, receiver);
        selector.wakeup();
    }

    private void run() {
        try {
            while (selector.isOpen()) {
                selector.select(this::receive);
            }
        } catch (ClosedSelectorException _) {
            // closed while it was waiting
        } catch (IOException e) {
            log.error("coap=ended reason=\"{}\"", e.toString());
        }
    }

    @SuppressWarnings("unchecked") // register() attaches nothing else
    private void receive(SelectionKey key) {
        DatagramChannel channel = (DatagramChannel) key.channel();
        try {
            buffer.clear();
            for (InetSocketAddress source = from(channel); source != null; source = from(channel)) {
                byte[] datagram = new byte[buffer.flip().remaining()];
                buffer.get(datagram);
                ((BiConsumer<byte[], InetSocketAddress>) key.attachment()).accept(datagram, source);
                buffer.clear();
            }
        } catch (ClosedChannelException _) {
            key.cancel();
        } catch (IOException e) {
            // a peer's port was unreachable: the reliability layer above retries and gives up
            log.debug("coap=receive-failed reason=\"{}\"", e.toString());
        }
    }

    private InetSocketAddress from(DatagramChannel channel) throws IOException {
        return (InetSocketAddress) channel.receive(buffer);
    }

    @Override
    public void close() {
        try {
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
