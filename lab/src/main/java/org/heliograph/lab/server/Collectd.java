package org.heliograph.lab.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Debian's collectd as a peer of the agent: MQTT in, Kafka out, its queue in memory. */
public final class Collectd extends Server {
    private static final String PROGRAM = "collectd";
    private static final List<String> PLUGINS = List.of("mqtt", "write_kafka");

    private Collectd(ServerProcess process) {
        super(process);
    }

    /** Whether it is there, with the two plugins and the libraries that those need. */
    public static boolean available() {
        return Program.find(PROGRAM).isPresent()
                && PLUGINS.stream().allMatch(plugin -> loads(Path.of("/usr/lib/collectd", plugin + ".so")));
    }

    /** Debian only recommends the libraries: without them the plugin is there, and collectd runs without it. */
    private static boolean loads(Path plugin) {
        try {
            Process ldd = new ProcessBuilder("ldd", plugin.toString())
                    .redirectErrorStream(true)
                    .start();
            String needed = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return ldd.waitFor() == 0 && !needed.contains("not found");
        } catch (IOException e) {
            throw new ServerException("can't tell whether collectd can run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException("interrupted", e);
        }
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
