package org.heliograph.lab.server;

import java.nio.file.Path;
import java.util.List;

/**
 * HiveMQ Community Edition, embedded in a JVM of its own: the demo's MQTT 5 broker. It keeps everything in memory: a
 * restart forgets sessions and queued messages.
 */
public final class HiveMq extends Server {
    private static final int DEFAULT_HEAP_MIB = 384;
    private static final int MAX_QUEUED_MESSAGES_PER_CLIENT = 1_000_000;
    private static final int RECEIVE_MAXIMUM = 1_000;

    private final int port;

    private HiveMq(int port, ServerProcess process) {
        super(process);
        this.port = port;
    }

    /**
     * Starts a broker and returns when it accepts connections.
     *
     * @throws ServerException if it doesn't
     */
    public static HiveMq start(Path folder) {
        Path home = ServerProcess.folder(folder);
        int port = FreePort.find();
        ServerProcess.write(home.resolve("conf").resolve("config.xml"), settings(port));
        ServerProcess.folder(home.resolve("extensions"));
        ServerProcess process = ServerProcess.java(
                "HiveMQ",
                home,
                HiveMqProcess.class,
                List.of("-Xmx" + DEFAULT_HEAP_MIB + "m", "-XX:+UseCompactObjectHeaders"),
                List.of(home.toString()),
                () -> MqttProbe.answers(port));
        return new HiveMq(port, process);
    }

    public int port() {
        return port;
    }

    /** As the Paho client takes it. */
    public String uri() {
        return "tcp://127.0.0.1:" + port;
    }

    /** Topic aliases are off: with them, Paho's publisher can't resume after a reconnect. */
    private static String settings(int port) {
        return """
                <?xml version="1.0"?>
                <hivemq>
                  <listeners>
                    <tcp-listener><port>%d</port><bind-address>127.0.0.1</bind-address></tcp-listener>
                  </listeners>
                  <mqtt>
                    <queued-messages>
                      <max-queue-size>%d</max-queue-size>
                      <strategy>discard-oldest</strategy>
                    </queued-messages>
                    <topic-alias><enabled>false</enabled></topic-alias>
                    <receive-maximum><server-receive-maximum>%d</server-receive-maximum></receive-maximum>
                  </mqtt>
                  <persistence><mode>in-memory</mode></persistence>
                  <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
                </hivemq>
                """.formatted(port, MAX_QUEUED_MESSAGES_PER_CLIENT, RECEIVE_MAXIMUM);
    }
}
