package org.heliograph.streams;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.streams.influx.Retention;
import org.heliograph.streams.page.AddressUnavailableException;
import org.heliograph.streams.topology.MaintenanceException;
import org.heliograph.telemetry.yaml.ConfigurationException;
import picocli.CommandLine.Model.CommandSpec;

/** What a command does with its configuration. */
@FunctionalInterface
interface Work {
    /** Returns the exit status. */
    int on(StreamsSettings settings)
            throws ConfigurationException, InterruptedException, ExecutionException, IOException,
                    AddressUnavailableException, MaintenanceException, Retention.RefusedException;

    /** Does it; whatever prevents it is a sentence on the standard error, and an exit status. */
    static int by(Path config, CommandSpec command, Work work) throws InterruptedException {
        return by(config, command, Main.FAILED, work);
    }

    /** @param absent the exit status if only that is missing which may come yet: who starts again goes by it */
    static int by(Path config, CommandSpec command, int absent, Work work) throws InterruptedException {
        PrintWriter err = command.commandLine().getErr();
        String name = command.qualifiedName() + ": ";
        try {
            StreamsSettings settings = StreamsSettings.read(config);
            try {
                return work.on(settings);
            } catch (ExecutionException | KafkaException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                boolean isKafka = e instanceof KafkaException || cause instanceof KafkaException;
                err.println(
                        name + (isKafka ? "Kafka at " + settings.kafka().bootstrap() + ": " : "") + cause.getMessage());
            }
        } catch (ConfigurationException e) {
            err.println(e.getMessage());
            if (!e.isPassing() || absent == Main.WRONG) {
                return Main.WRONG;
            }
            err.println(name + "if the file is right, start it again when this is there");
        } catch (AddressUnavailableException | MaintenanceException | Retention.RefusedException e) {
            err.println(name + e.getMessage());
        } catch (IOException e) {
            err.println(name + e);
        }
        return Main.FAILED;
    }
}
