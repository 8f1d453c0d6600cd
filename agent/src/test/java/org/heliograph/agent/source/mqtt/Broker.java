package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;
import org.eclipse.paho.mqttv5.common.packet.MqttDataTypes;

/** Keeps what a client says first, and says nothing itself. */
final class Broker implements AutoCloseable {
    private final ServerSocket listening;
    private final BlockingQueue<byte[]> connects = new LinkedBlockingQueue<>();
    private final BlockingQueue<IOException> refusals = new LinkedBlockingQueue<>();
    private final Thread thread;

    Broker(ServerSocketFactory sockets) throws IOException {
        listening = sockets.createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        thread = Thread.ofVirtual().start(this::accept);
    }

    String url(String scheme) {
        return scheme + "://127.0.0.1:" + listening.getLocalPort();
    }

    ServerSocket socket() {
        return listening;
    }

    /** The variable header and the payload of the next CONNECT packet (MQTT 5, 3.1). */
    ByteBuffer awaitConnect() throws InterruptedException {
        byte[] packet = connects.poll(2, TimeUnit.MINUTES);
        assertThat(packet).as("a CONNECT packet").isNotNull();
        return ByteBuffer.wrap(packet);
    }

    /** Why a client didn't get as far as a packet. */
    IOException awaitRefusal() throws InterruptedException {
        IOException refusal = refusals.poll(2, TimeUnit.MINUTES);
        assertThat(refusal).isNotNull();
        return refusal;
    }

    /** Whether no client has said anything so far. */
    boolean heardNothing() {
        return connects.isEmpty();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try (Socket socket = listening.accept();
                    DataInputStream in = new DataInputStream(socket.getInputStream())) {
                if (in.readUnsignedByte() >> 4 == 1) {
                    int length = MqttDataTypes.readVariableByteInteger(in).getValue();
                    connects.add(in.readNBytes(length));
                }
            } catch (IOException e) {
                refusals.add(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        thread.interrupt();
    }
}
