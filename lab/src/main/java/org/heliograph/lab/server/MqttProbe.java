package org.heliograph.lab.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.HexFormat;

/** Asks an MQTT broker whether it accepts connections: a CONNECT by hand, so that no client library is needed. */
final class MqttProbe {
    /** MQTT 3.1.1, clean session, keep alive 10 s, client id "p". */
    private static final byte[] CONNECT = HexFormat.of().parseHex("100d00044d5154540402000a000170");

    private static final byte[] DISCONNECT = HexFormat.of().parseHex("e000");
    private static final byte[] CONNACK_ACCEPTED = HexFormat.of().parseHex("20020000");
    private static final int READ_TIMEOUT_MILLIS = 2_000;

    private MqttProbe() {}

    /** Whether anybody listens: all that can be asked of a broker that speaks TLS with those it knows. */
    static boolean listens(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        }
    }

    static boolean answers(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                InputStream in = socket.getInputStream();
                OutputStream out = socket.getOutputStream()) {
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            out.write(CONNECT);
            boolean accepted = java.util.Arrays.equals(in.readNBytes(CONNACK_ACCEPTED.length), CONNACK_ACCEPTED);
            out.write(DISCONNECT);
            return accepted;
        }
    }
}
