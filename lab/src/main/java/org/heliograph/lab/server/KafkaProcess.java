package org.heliograph.lab.server;

import java.io.IOException;
import java.io.Reader;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** The main class of {@link KafkaServer}'s process: formats the storage unless it is, then runs the broker. */
final class KafkaProcess {
    private KafkaProcess() {}

    public static void main(String[] arguments) {
        // Kafka's own exit waits for shutdown hooks, some of which wait for a start that has failed
        Exit.setExitProcedure((status, _) -> Runtime.getRuntime().halt(status));
        Lifeline.start(() -> run(Path.of(arguments[0])));
    }

    private static void run(Path file) throws Exception {
        Properties settings = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            settings.load(reader);
        }
        Path data = Path.of(settings.getProperty("log.dirs"));
        // Kafka locks its folder too, but only after it has written to the metadata there, which may end whoever has it
        Path lock = data.resolveSibling(data.getFileName() + ".lock");
        try (FileChannel held = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (held.tryLock() == null) {
                throw new IOException("another Kafka has " + data + " and its lock");
            }
            format(settings);
            KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(settings), Time.SYSTEM);
            Lifeline.watch(server::shutdown);
            server.startup();
            server.awaitShutdown();
        }
    }

    private static void format(Properties settings) throws Exception {
        String data = settings.getProperty("log.dirs");
        if (Files.exists(Path.of(data, "meta.properties"))) {
            return;
        }
        new Formatter()
                .setNodeId(Integer.parseInt(settings.getProperty("node.id")))
                .setClusterId(Uuid.randomUuid().toString())
                .setControllerListenerName(settings.getProperty("controller.listener.names"))
                .setDirectories(List.of(data))
                .setMetadataLogDirectory(data)
                .setReleaseVersion(MetadataVersion.latestProduction())
                .run();
    }
}
