package org.heliograph.lab.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Debian's Mosquitto: MQTT 5 and 3.1.1, anonymous, queues without limit. */
public final class Mosquitto extends Server {
    private final String scheme;
    private final int port;

    private Mosquitto(String scheme, int port, ServerProcess process) {
        super(process);
        this.scheme = scheme;
        this.port = port;
    }

    /** Whether this machine has it. */
    public static boolean available() {
        return Program.find("mosquitto").isPresent();
    }

    /**
     * Starts a broker and returns when it accepts connections.
     *
     * @throws ServerException if it doesn't, or isn't installed
     */
    public static Mosquitto start(Path folder) {
        return start(folder, "");
    }

    /**
     * Starts one with more lines of settings: a limit, a listener of TLS beside the open one.
     *
     * @throws ServerException if it doesn't start, or isn't installed
     */
    public static Mosquitto start(Path folder, String more) {
        return start(folder, "tcp", "allow_anonymous true\n", more, MqttProbe::answers);
    }

    /**
     * Starts a broker that speaks TLS only, and only with whoever shows a certificate of the authority, whose name is
     * then the user's.
     */
    public static Mosquitto startSecured(Path folder, Path authority, Path certificate, Path key) {
        return start(folder, "ssl", """
                cafile %s
                certfile %s
                keyfile %s
                require_certificate true
                use_identity_as_username true
                """.formatted(authority, certificate, key), "", MqttProbe::listens);
    }

    @FunctionalInterface
    private interface Probe {
        boolean answers(int port) throws IOException;
    }

    private static Mosquitto start(Path folder, String scheme, String doors, String more, Probe probe) {
        Path home = ServerProcess.folder(folder);
        ServerProcess.folder(home.resolve("data"));
        int port = FreePort.find();
        Path settings = ServerProcess.write(home.resolve("mosquitto.conf"), settings(home, port, doors) + more);
        ServerProcess process = ServerProcess.program(
                "Mosquitto",
                home,
                List.of(Program.require("mosquitto").toString(), "-c", settings.toString()),
                () -> probe.answers(port));
        return new Mosquitto(scheme, port, process);
    }

    public int port() {
        return port;
    }

    /** As the Paho client takes it. */
    public String uri() {
        return scheme + "://127.0.0.1:" + port;
    }

    private static String settings(Path home, int port, String doors) {
        return """
                listener %d 127.0.0.1
                %suser %s
                persistence true
                persistence_location %s/
                autosave_interval 1
                max_queued_messages 0
                max_inflight_messages 0
                log_dest stdout
                log_type error
                log_type warning
                """.formatted(port, doors, System.getProperty("user.name"), home.resolve("data"));
    }
}
