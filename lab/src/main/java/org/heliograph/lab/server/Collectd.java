package org.heliograph.lab.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Debian's collectd as a peer of the agent: MQTT in, Kafka out, its queue in memory. */
public final class Collectd extends Server {
    private static final String PROGRAM = "collectd";

    private Collectd(ServerProcess process) {
        super(process);
    }

    public static boolean available() {
        return Program.find(PROGRAM).isPresent() && Files.exists(Path.of("/usr/lib/collectd/write_kafka.so"));
    }

    /** Takes {@code collectd/HOST/PLUGIN/TYPE} of a broker (payload {@code time:value}) to a topic. Returns at once. */
    public static Collectd start(Path folder, int mqttPort, String bootstrap, String topic) {
        Path home = ServerProcess.folder(folder);
        Path settings = ServerProcess.write(
                home.resolve("collectd.conf"), """
                Hostname "bench"
                FQDNLookup false
                Interval 3600
                TypesDB "/usr/share/collectd/types.db"
                LoadPlugin logfile
                LoadPlugin mqtt
                LoadPlugin write_kafka
                <Plugin logfile>
                  LogLevel warning
                  File "%s"
                </Plugin>
                <Plugin mqtt>
                  <Subscribe "bench">
                    Host "127.0.0.1"
                    Port %d
                    ClientId "collectd-bench"
                    QoS 1
                    CleanSession true
                    Topic "collectd/#"
                  </Subscribe>
                </Plugin>
                <Plugin write_kafka>
                  Property "metadata.broker.list" "%s"
                  Property "queue.buffering.max.messages" "1000000"
                  <Topic "%s">
                    Format JSON
                  </Topic>
                </Plugin>
                """.formatted(home.resolve("collectd.log"), mqttPort, bootstrap, topic));
        return new Collectd(ServerProcess.program(
                PROGRAM,
                home,
                List.of(
                        Program.require(PROGRAM).toString(),
                        "-f",
                        "-C",
                        settings.toString(),
                        "-P",
                        home.resolve("collectd.pid").toString()),
                () -> true));
    }
}
