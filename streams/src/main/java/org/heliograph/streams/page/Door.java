package org.heliograph.streams.page;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.heliograph.telemetry.Listening;
import org.heliograph.telemetry.security.Tls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the page listens. Over TLS it follows the files of its certificates: when others are there that can be used, the
 * connections from then on are made with those. Files that can't be used, half of them written say, are told once, and
 * the certificates before them stay.
 */
final class Door implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Door.class);

    /** For all who may follow, and requests beside them. */
    private static final int CONNECTIONS_MAX = Audience.MAX_CLIENTS + 200;

    private final HttpServer server;
    private final CountDownLatch closing = new CountDownLatch(1);

    private Door(HttpServer server) {
        this.server = server;
    }

    /** @param look how often the files of the certificates are looked at */
    static Door open(PageSettings settings, Duration look) throws AddressUnavailableException {
        String address = settings.host() + ":" + settings.port();
        try {
            InetSocketAddress socket = new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port());
            Optional<Tls> tls = settings.tls();
            if (tls.isEmpty()) {
                return new Door(Listening.plain(socket, 0, CONNECTIONS_MAX));
            }
            byte[] content = content(tls.get());
            Newest newest = new Newest(tls.get().context());
            HttpsServer server = Listening.secure(socket, 0, CONNECTIONS_MAX);
            server.setHttpsConfigurator(configurator(newest.context(), settings.asksForCertificates()));
            Door door = new Door(server);
            Thread.ofVirtual().name("page-certificates").start(() -> door.follow(newest, tls.get(), content, look));
            return door;
        } catch (GeneralSecurityException e) {
            throw new AddressUnavailableException("page: tls can't be used: " + e.getMessage(), e);
        } catch (UnknownHostException e) {
            throw new AddressUnavailableException("page: the host of " + address + " is unknown; set page.host", e);
        } catch (BindException e) {
            String reason = String.valueOf(e.getMessage()).contains("in use")
                    ? " is already in use; end what listens there, or set page.port to another (0: any free one)"
                    : " is not an address to listen on here: " + e.getMessage();
            throw new AddressUnavailableException("page: " + address + reason, e);
        } catch (IOException e) {
            throw new AddressUnavailableException("page: can't listen on " + address + ": " + e.getMessage(), e);
        }
    }

    HttpServer server() {
        return server;
    }

    /** Whether nobody but this machine's own programs can reach it. */
    boolean isLoopback() {
        return server.getAddress().getAddress().isLoopbackAddress();
    }

    boolean isSecure() {
        return server instanceof HttpsServer;
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
    }

    private void follow(Newest newest, Tls tls, byte[] before, Duration look) {
        byte[] known = before;
        try {
            while (!closing.await(look.toMillis(), TimeUnit.MILLISECONDS)) {
                byte[] now = content(tls);
                if (!Arrays.equals(now, known)) {
                    known = now;
                    renew(newest, tls);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void renew(Newest newest, Tls tls) {
        try {
            newest.context = tls.context();
            log.info("page-certificates=renewed");
        } catch (IOException | GeneralSecurityException e) {
            log.warn("page-certificates=kept reason=\"{}\"", e.toString());
        }
    }

    private static HttpsConfigurator configurator(SSLContext context, boolean asksForCertificates) {
        return new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters ssl = context.getDefaultSSLParameters();
                ssl.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
                ssl.setNeedClientAuth(asksForCertificates);
                parameters.setSSLParameters(ssl);
            }
        };
    }

    /** A digest of what the files hold; of one that can't be read, nothing. */
    private static byte[] content(Tls tls) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : new Path[] {tls.ca(), tls.certificate(), tls.key()}) {
                if (file != null && Files.isReadable(file)) {
                    digest.update(Files.readAllBytes(file));
                }
                digest.update((byte) 0);
            }
            return digest.digest();
        } catch (IOException _) {
            return new byte[0];
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /**
     * A context that makes each connection with the newest one: the server keeps what it was started with. Sessions
     * belong to the context that made them, so none outlives the authorities that let it in.
     */
    private static final class Newest extends SSLContextSpi {
        private volatile SSLContext context;

        Newest(SSLContext first) {
            context = first;
        }

        SSLContext context() {
            return new SSLContext(this, context.getProvider(), context.getProtocol()) {};
        }

        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random) {
            throw new UnsupportedOperationException("it follows files");
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return context.createSSLEngine();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return context.createSSLEngine(host, port);
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return context.getSocketFactory();
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return context.getServerSocketFactory();
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return context.getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return context.getClientSessionContext();
        }

        @Override
        protected SSLParameters engineGetDefaultSSLParameters() {
            return context.getDefaultSSLParameters();
        }

        @Override
        protected SSLParameters engineGetSupportedSSLParameters() {
            return context.getSupportedSSLParameters();
        }
    }
}
