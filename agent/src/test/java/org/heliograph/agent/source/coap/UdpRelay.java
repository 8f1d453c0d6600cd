package org.heliograph.agent.source.coap;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** A network between one device and the server, which may renumber the device, and say again what it said. */
final class UdpRelay implements AutoCloseable {
    private static final int DATAGRAM_BYTES_MAX = 4_096;

    private static final int HANDSHAKE = 22;

    /** What the device itself has said. */
    final AtomicInteger questions = new AtomicInteger();

    final AtomicInteger answers = new AtomicInteger();
    /** Those of them that are of a handshake. */
    final AtomicInteger handshakes = new AtomicInteger();

    private final DatagramSocket inner = socket();
    private final InetSocketAddress server;
    private volatile DatagramSocket outer = socket();
    private volatile InetSocketAddress device = new InetSocketAddress(0);
    private volatile byte[] last = new byte[0];

    UdpRelay(int serverPort) throws SocketException {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort);
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    DatagramPacket packet = receive(inner);
                    device = (InetSocketAddress) packet.getSocketAddress();
                    questions.incrementAndGet();
                    last = Arrays.copyOf(packet.getData(), packet.getLength());
                    pass();
                }
            } catch (IOException _) {
                // closed
            }
        });
        back(outer);
    }

    /** What is on its way while it is renumbered is lost, as on any network. */
    private void pass() throws IOException {
        DatagramSocket to = outer;
        try {
            to.send(new DatagramPacket(last, last.length, server));
        } catch (IOException e) {
            if (to == outer) {
                throw e;
            }
        }
    }

    int port() {
        return inner.getLocalPort();
    }

    /** As a router does that was restarted: the server sees another address. */
    void renumber() throws SocketException {
        DatagramSocket before = outer;
        outer = socket();
        back(outer);
        before.close();
    }

    /** The device's last datagram, as an attacker may record it. */
    void sayAgain() throws IOException {
        outer.send(new DatagramPacket(last, last.length, server));
    }

    private void back(DatagramSocket from) {
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    DatagramPacket packet = receive(from);
                    answers.incrementAndGet();
                    if (packet.getData()[0] == HANDSHAKE) {
                        handshakes.incrementAndGet();
                    }
                    inner.send(new DatagramPacket(packet.getData(), packet.getLength(), device));
                }
            } catch (IOException _) {
                // closed
            }
        });
    }

    private static DatagramPacket receive(DatagramSocket from) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[DATAGRAM_BYTES_MAX], DATAGRAM_BYTES_MAX);
        from.receive(packet);
        return packet;
    }

    private static DatagramSocket socket() throws SocketException {
        return new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @Override
    public void close() {
        inner.close();
        outer.close();
    }
}
