package org.heliograph.lab.server;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/** A real Kafka broker (KRaft, combined mode) in a JVM of its own. Topics have to be created; none appears by itself. */
public final class KafkaServer extends Server {
    private static final int HEAP_MIB = 384;
    private static final int PROBE_SECONDS = 5;

    private final int port;
    private final int passwordPort;

    private KafkaServer(int port, int passwordPort, ServerProcess process) {
        super(process);
        this.port = port;
        this.passwordPort = passwordPort;
    }

    /**
     * Who a secured broker is, and who may do everything there.
     *
     * @param authority who signs the certificates of all
     * @param keystore the broker's own key and certificate, CN=kafka
     * @param operator the client properties of CN=operator, who may do everything
     */
    public record Secured(Path authority, Path keystore, Map<String, Object> operator) {}

    /**
     * Starts a broker and returns when it answers.
     *
     * @throws ServerException if it doesn't
     */
    public static KafkaServer start(Path folder) {
        Path home = ServerProcess.folder(folder);
        int port = FreePort.find();
        String doors = """
                listeners=BROKER://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=BROKER://127.0.0.1:%1$d
                listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
                controller.quorum.voters=1@127.0.0.1:%2$d
                """.formatted(port, FreePort.find());
        return start(home, port, port, doors, Map.of());
    }

    /**
     * Starts a broker whose doors ask who comes: one for certificates ({@link #bootstrap}), one for passwords
     * (SCRAM-SHA-512, {@link #passwordBootstrap}), both over TLS; and which lets nobody do what no rule allows.
     *
     * @throws ServerException if it doesn't answer the operator
     */
    public static KafkaServer startSecured(Path folder, Secured secured) {
        Path home = ServerProcess.folder(folder);
        int port = FreePort.find();
        int passwordPort = FreePort.find();
        String doors = """
                listeners=BROKER://127.0.0.1:%1$d,PASSWORD://127.0.0.1:%3$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=BROKER://127.0.0.1:%1$d,PASSWORD://127.0.0.1:%3$d
                listener.security.protocol.map=BROKER:SSL,PASSWORD:SASL_SSL,CONTROLLER:SSL
                controller.quorum.voters=1@127.0.0.1:%2$d
                ssl.keystore.type=PEM
                ssl.keystore.location=%4$s
                ssl.truststore.type=PEM
                ssl.truststore.location=%5$s
                listener.name.broker.ssl.client.auth=required
                listener.name.controller.ssl.client.auth=required
                sasl.enabled.mechanisms=SCRAM-SHA-512
                listener.name.password.scram-sha-512.sasl.jaas.config=\\
                  org.apache.kafka.common.security.scram.ScramLoginModule required;
                authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
                super.users=User:CN=kafka;User:CN=operator
                """.formatted(
                        port,
                        FreePort.find(),
                        passwordPort,
                        propertyValue(secured.keystore()),
                        propertyValue(secured.authority()));
        return start(home, port, passwordPort, doors, secured.operator());
    }

    private static KafkaServer start(
            Path home, int port, int passwordPort, String doors, Map<String, Object> operator) {
        Path settings = ServerProcess.write(home.resolve("kafka.properties"), doors + settings(home));
        ServerProcess process = ServerProcess.java(
                "Kafka",
                home,
                KafkaProcess.class,
                List.of("-Xmx" + HEAP_MIB + "m", "-XX:+UseCompactObjectHeaders"),
                List.of(settings.toString()),
                () -> answers(port, operator));
        return new KafkaServer(port, passwordPort, process);
    }

    public String bootstrap() {
        return "127.0.0.1:" + port;
    }

    /** The listener for passwords, of a secured broker. */
    public String passwordBootstrap() {
        return "127.0.0.1:" + passwordPort;
    }

    private static boolean answers(int port, Map<String, Object> operator) throws Exception {
        // the Kafka client logs each refused connection; so first see that there is a listener
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        Map<String, Object> client = new HashMap<>(operator);
        client.put("bootstrap.servers", "127.0.0.1:" + port);
        client.put("default.api.timeout.ms", PROBE_SECONDS * 1_000);
        client.put("request.timeout.ms", PROBE_SECONDS * 1_000);
        try (Admin admin = Admin.create(client)) {
            return !admin.describeCluster()
                    .nodes()
                    .get(PROBE_SECONDS, TimeUnit.SECONDS)
                    .isEmpty();
        }
    }

    private static String settings(Path home) {
        return """
                process.roles=broker,controller
                node.id=1
                inter.broker.listener.name=BROKER
                controller.listener.names=CONTROLLER
                log.dirs=%s
                # there is only one
                default.replication.factor=1
                min.insync.replicas=1
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=1
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                share.coordinator.state.topic.num.partitions=1
                group.initial.rebalance.delay.ms=0
                auto.create.topics.enable=false
                # records carry event times, of last year or of tomorrow: neither refused nor deleted for it
                log.retention.ms=-1
                log.message.timestamp.before.max.ms=9223372036854775807
                log.message.timestamp.after.max.ms=9223372036854775807
                # small: two cores, little memory
                num.network.threads=2
                num.io.threads=2
                log.segment.bytes=134217728
                log.index.size.max.bytes=1048576
                log.cleaner.dedupe.buffer.size=8388608
                # a killed broker's registration lasts a session: shorter than the default 9 s, for restarts
                broker.session.timeout.ms=4000
                broker.heartbeat.interval.ms=1000
                """.formatted(propertyValue(home.resolve("data")));
    }

    private static String propertyValue(Path path) {
        return path.toString().replace("\\", "\\\\");
    }
}
