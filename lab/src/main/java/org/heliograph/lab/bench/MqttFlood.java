package org.heliograph.lab.bench;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;

/** Publishes at QoS 1 as fast as a broker confirms it: MQTT 3.1.1 by hand, to cost the run next to nothing. */
final class MqttFlood implements AutoCloseable {
    private static final int WINDOW = 1_000;
    private static final int CONNECT = 0x10;
    private static final int PUBLISH_QOS_1 = 0x32;
    private static final int CLEAN_SESSION = 0x02;
    private static final int PROTOCOL_LEVEL = 4;
    private static final int ID_MAX = 0xFFFF;

    private final Socket socket;
    private final DataOutputStream out;
    private final Semaphore window = new Semaphore(WINDOW);
    private int id;

    MqttFlood(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream to = new DataOutputStream(body);
        to.writeUTF("MQTT");
        to.writeByte(PROTOCOL_LEVEL);
        to.writeByte(CLEAN_SESSION);
        to.writeShort(0);
        to.writeUTF("flood");
        packet(CONNECT, body.toByteArray());
        out.flush();
        DataInputStream in = new DataInputStream(socket.getInputStream());
        in.readInt(); // CONNACK
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    in.readInt(); // PUBACK: type, length and id are four bytes
                    window.release();
                }
            } catch (IOException _) {
                // it was closed
            }
        });
    }

    void publish(Message message) throws IOException, InterruptedException {
        if (!window.tryAcquire()) {
            out.flush();
            window.acquire();
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream(
                message.topic().length() + message.payload().length() + 4);
        DataOutputStream to = new DataOutputStream(body);
        to.writeUTF(message.topic());
        id = id % ID_MAX + 1;
        to.writeShort(id);
        to.write(message.payload().getBytes(StandardCharsets.UTF_8));
        packet(PUBLISH_QOS_1, body.toByteArray());
    }

    /** Waits until everything is confirmed. */
    void settle() throws IOException, InterruptedException {
        out.flush();
        window.acquire(WINDOW);
        window.release(WINDOW);
    }

    private void packet(int type, byte[] body) throws IOException {
        out.writeByte(type);
        int length = body.length;
        do {
            int digit = length & 0x7F;
            length >>= 7;
            out.writeByte(length > 0 ? digit | 0x80 : digit);
        } while (length > 0);
        out.write(body);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
