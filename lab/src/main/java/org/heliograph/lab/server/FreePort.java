package org.heliograph.lab.server;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** Free loopback ports. */
public final class FreePort {
    /** Below the range from which the kernel takes the ports of outgoing connections, so that a restart finds its port. */
    private static final int FIRST = 20_000;

    private static final int LAST = 32_000;
    private static final int TRIES = 200;

    /**
     * A UDP socket of the same number, kept until this JVM ends, says that a port is given: a server listens only a while
     * after it has asked, and meanwhile nobody else who asks may get the same, in this process or in another.
     */
    private static final Set<DatagramSocket> GIVEN = ConcurrentHashMap.newKeySet();

    private FreePort() {}

    /** A TCP port on 127.0.0.1 that nobody listens on now. */
    public static int find() {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (isFree(port) && isGiven(port)) {
                return port;
            }
        }
        throw new ServerException("no free port between " + FIRST + " and " + LAST);
    }

    /** A UDP port on 127.0.0.1 that nobody has now. */
    public static int findForUdp() {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            try (DatagramSocket socket = udp(port)) {
                return socket.getLocalPort();
            } catch (SocketException _) {
                // somebody has it
            }
        }
        throw new ServerException("no free UDP port between " + FIRST + " and " + LAST);
    }

    private static boolean isGiven(int port) {
        try {
            return GIVEN.add(udp(port));
        } catch (SocketException _) {
            return false; // to another
        }
    }

    private static DatagramSocket udp(int port) throws SocketException {
        return new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** That port if it is free, else another. */
    public static int preferring(int port) {
        return isFree(port) && isGiven(port) ? port : find();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // without reuse, so that a port is also passed over while old connections linger on it
            socket.setReuseAddress(false);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
