package org.heliograph.telemetry;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;

/**
 * HTTP servers that don't wait for ever: the JDK's own give a request no time and their connections no number, and a
 * request that is begun and left holds some 30 KB, before anybody has asked it for a token. Ten seconds and a number hold
 * for all of a process's servers, as the first one finds them; who sets the JDK's properties himself is left alone.
 */
public final class Listening {
    static final String REQUEST_SECONDS_MAX = "sun.net.httpserver.maxReqTime";
    static final String CONNECTIONS_MAX = "jdk.httpserver.maxConnections";

    private Listening() {}

    /**
     * @param waiting how many connections may wait to be taken; 0 for the system's number
     * @param connections how many may be open, of each server
     * @throws IOException if the address isn't this machine's, or taken
     */
    public static HttpServer plain(InetSocketAddress address, int waiting, int connections) throws IOException {
        limit(connections);
        return HttpServer.create(address, waiting);
    }

    /** The same for TLS; how, the caller says. */
    public static HttpsServer secure(InetSocketAddress address, int waiting, int connections) throws IOException {
        limit(connections);
        return HttpsServer.create(address, waiting);
    }

    /** Where somebody on this machine finds a server. */
    public static URI address(HttpServer server) {
        InetSocketAddress bound = server.getAddress();
        String host = bound.getAddress().isAnyLocalAddress()
                ? "localhost"
                : bound.getAddress().getHostAddress();
        String scheme = server instanceof HttpsServer ? "https" : "http";
        return URI.create(
                scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort() + "/");
    }

    private static void limit(int connections) {
        setIfAbsent(REQUEST_SECONDS_MAX, 10);
        setIfAbsent(CONNECTIONS_MAX, connections);
    }

    private static void setIfAbsent(String property, int value) {
        System.getProperties().putIfAbsent(property, Integer.toString(value));
    }
}
