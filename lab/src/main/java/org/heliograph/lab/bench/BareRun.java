package org.heliograph.lab.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.lab.server.Mosquitto;

/**
 * A loop that takes messages with Paho and forgets them.
 *
 * @param packs measured, after a warm-up of a fifth
 */
record BareRun(Path folder, int packs, Report report) {
    void measure(Mosquitto mosquitto) throws Exception {
        System.out.println("a bare Paho loop");
        int warmUp = FloodRun.warmUp(packs);
        int all = warmUp + packs;
        try (HeliographProcess loop = HeliographProcess.start(
                        "loop",
                        folder.resolve("loop"),
                        BareMqttLoop.class.getName(),
                        List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"),
                        List.of(mosquitto.uri(), Message.filter(), "" + warmUp, "" + all));
                MqttFlood flood = new MqttFlood(mosquitto.port())) {
            FloodRun run = new FloodRun(new ProcessUsage(loop.pid()), flood, Message::pack, () -> taken(loop.log()));
            FloodRun.Result result = run.measure(packs);
            report.add("bare_loop", result.perSecond(), "packs/s");
            report.add("bare_loop_cpu", result.microsPerMessage(), "us/pack");
        }
    }

    private static long taken(Path log) {
        try {
            return Files.readAllLines(log).stream()
                    .filter(line -> line.startsWith("taken "))
                    .mapToLong(line -> Long.parseLong(line.substring("taken ".length())))
                    .max()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
