package org.heliograph.lab.bench;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Pushes confirmable messages as fast as a server confirms them: CoAP by hand, to cost the run next to nothing. */
final class CoapFlood implements AutoCloseable {
    private static final int WINDOW = 100;
    private static final int CONFIRMABLE_WITH_A_TOKEN_OF_2 = 0x42;
    private static final int POST = 0x02;
    private static final int CHANGED = 0x44;
    private static final int SENML_JSON = 110;
    private static final int ID_MAX = 0xFFFF;
    private static final int DATAGRAM_BYTES_MAX = 1_500;
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final InetSocketAddress server;
    private final Semaphore window = new Semaphore(WINDOW);
    private final Map<Integer, byte[]> unconfirmed = new ConcurrentHashMap<>();
    private int id;

    CoapFlood(int port) throws IOException {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    DatagramPacket packet = new DatagramPacket(new byte[DATAGRAM_BYTES_MAX], DATAGRAM_BYTES_MAX);
                    socket.receive(packet);
                    ByteBuffer answer = ByteBuffer.wrap(packet.getData());
                    // what isn't taken now is pushed again
                    if (Byte.toUnsignedInt(answer.get(1)) == CHANGED
                            && unconfirmed.remove(Short.toUnsignedInt(answer.getShort(2))) != null) {
                        window.release();
                    }
                }
            } catch (IOException _) {
                // it was closed
            }
        });
    }

    void push(String payload) throws IOException, InterruptedException {
        acquire(1);
        id = id % ID_MAX + 1;
        byte[] body = payload.getBytes(StandardCharsets.UTF_8);
        ByteBuffer datagram = ByteBuffer.allocate(15 + body.length);
        datagram.put((byte) CONFIRMABLE_WITH_A_TOKEN_OF_2).put((byte) POST).putShort((short) id);
        datagram.putShort((short) id);
        datagram.put((byte) 0xB5).put("senml".getBytes(StandardCharsets.US_ASCII));
        datagram.put((byte) 0x11).put((byte) SENML_JSON).put((byte) 0xFF).put(body);
        unconfirmed.put(id, datagram.array());
        send(datagram.array());
    }

    /** Waits until everything is confirmed. */
    void settle() throws IOException, InterruptedException {
        acquire(WINDOW);
        window.release(WINDOW);
    }

    /** UDP may lose what it likes. */
    private void acquire(int permits) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!window.tryAcquire(permits, AGAIN_AFTER.toMillis(), TimeUnit.MILLISECONDS)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("nothing is confirmed any more; " + unconfirmed.size() + " wait");
            }
            for (byte[] datagram : unconfirmed.values()) {
                send(datagram);
            }
        }
    }

    private void send(byte[] datagram) throws IOException {
        socket.send(new DatagramPacket(datagram, datagram.length, server));
    }

    @Override
    public void close() {
        socket.close();
    }
}
