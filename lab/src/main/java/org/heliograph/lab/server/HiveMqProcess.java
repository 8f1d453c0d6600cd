package org.heliograph.lab.server;

import com.hivemq.embedded.EmbeddedHiveMQ;
import java.nio.file.Path;

/** The main class of {@link HiveMq}'s process. */
final class HiveMqProcess {
    private HiveMqProcess() {}

    @SuppressWarnings("resource") // runs until the lifeline closes it
    public static void main(String[] arguments) {
        Path home = Path.of(arguments[0]);
        EmbeddedHiveMQ broker = EmbeddedHiveMQ.builder()
                .withConfigurationFolder(home.resolve("conf"))
                .withDataFolder(home.resolve("data"))
                .withExtensionsFolder(home.resolve("extensions"))
                .withoutLoggingBootstrap()
                .build();
        Lifeline.watch(broker);
        Lifeline.start(() -> broker.start().join());
    }
}
