package org.heliograph.lab.security;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.heliograph.telemetry.security.Tls;

/** What stands before a server that speaks plain HTTP only: it ends TLS, and passes the bytes on as they are. */
final class TlsFront implements AutoCloseable {
    private static final int WAITING_MAX = 50;

    private final SSLServerSocket door;
    private final int behind;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** @param asksForCertificates whether only who shows a certificate of the authority in {@code own} is let in */
    TlsFront(Tls own, boolean asksForCertificates, URI server) throws IOException, GeneralSecurityException {
        behind = server.getPort();
        door = (SSLServerSocket) own.context()
                .getServerSocketFactory()
                .createServerSocket(0, WAITING_MAX, InetAddress.getLoopbackAddress());
        door.setNeedClientAuth(asksForCertificates);
        threads.execute(this::open);
    }

    int port() {
        return door.getLocalPort();
    }

    private void open() {
        while (!door.isClosed()) {
            try {
                SSLSocket client = (SSLSocket) door.accept();
                threads.execute(() -> serve(client));
            } catch (SocketException _) {
                // closed, or a client that went before it was served
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void serve(SSLSocket client) {
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), behind)) {
            client.startHandshake();
            threads.execute(() -> pass(server, client));
            pass(client, server);
        } catch (IOException _) {
            // refused, or gone: the client's test says what it makes of it
        }
    }

    private static void pass(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        } catch (IOException _) {
            // one of them has gone
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        threads.shutdownNow();
    }
}
