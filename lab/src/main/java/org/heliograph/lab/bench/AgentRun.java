package org.heliograph.lab.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.heliograph.lab.server.FreePort;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.lab.server.Mosquitto;

/**
 * The agent as it ships: its start, its memory, and how fast it is.
 *
 * @param packs measured, after a warm-up of a fifth
 * @param seconds of devices that report once in each, before that
 */
record AgentRun(Path folder, int packs, int seconds, Report report) {
    static final String TOPIC = "hg.telemetry";

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double BYTES_PER_MEGABYTE = 1e6;
    private static final Duration LOOK_AT_START_EVERY = Duration.ofMillis(10);
    private static final Duration SETTLED_AFTER = Duration.ofSeconds(5);
    private static final Duration SETTLES_WITHIN = Duration.ofSeconds(30);
    private static final double SETTLED_SHARE = 0.01;
    private static final Pattern KEPT = Pattern.compile("heliograph_agent_kept_total\\{[^}]*} (\\d+)");

    void measure(Mosquitto mosquitto, KafkaServer kafka, Admin admin) throws Exception {
        System.out.println("the agent as it ships");
        int port = FreePort.find();
        Path config = config(mosquitto, kafka, port);
        URI metrics = URI.create("http://127.0.0.1:" + port + "/metrics");
        // one client, made before: while the agent starts it needs both cores
        try (HttpClient client = HttpClient.newHttpClient();
                MqttFlood flood = new MqttFlood(mosquitto.port())) {
            try (HeliographProcess once = HeliographProcess.shippedAgent(folder.resolve("agent"), config)) {
                awaitKept(client, metrics, once, flood);
            }
            // what waits for it in its session is what it acknowledges first
            flood.publish(Message.pack(0));
            flood.settle();
            long start = System.nanoTime();
            try (HeliographProcess agent = HeliographProcess.shippedAgent(folder.resolve("agent"), config)) {
                FloodRun.await(() -> isOpen(port) ? kept(client, metrics) : 0, 1, LOOK_AT_START_EVERY);
                ProcessUsage process = new ProcessUsage(agent.pid());
                report.add("start_to_first_kept", (System.nanoTime() - start) / NANOS_PER_SECOND, "s");
                report.add(
                        "start_to_first_kept_cpu", process.cpu().orElseThrow().toNanos() / NANOS_PER_SECOND, "s");
                report.add("resident_at_start", megabytes(process), "MB");
                report.add("resident_idle", settledMegabytes(process), "MB");
                report.add("resident_440_at_1_hz", atOneHertz(process, flood), "MB");
                atFullSpeed(process, flood, new TopicEnd(admin, TOPIC));
            }
        }
    }

    private Path config(Mosquitto mosquitto, KafkaServer kafka, int port) throws IOException {
        return Files.writeString(folder.resolve("agent.yaml"), """
                agent: bench
                site: bench
                kafka: {bootstrap: "%s"}
                journal: {path: journal/bench.journal}
                mqtt: [{url: "%s"}]
                limit: {packsPerSecond: 100000, burst: 1000000}
                health: {listen: "127.0.0.1:%d"}
                """.formatted(kafka.bootstrap(), mosquitto.uri(), port));
    }

    /** The session at the broker exists once something has come through it. */
    private static void awaitKept(HttpClient client, URI metrics, HeliographProcess agent, MqttFlood flood)
            throws Exception {
        long deadline = System.nanoTime() + FloodRun.PATIENCE.toNanos();
        while (kept(client, metrics) == 0) {
            if (!agent.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException("the agent keeps nothing; see " + agent.log());
            }
            flood.publish(Message.pack(0));
            flood.settle();
            Thread.sleep(FloodRun.LOOK_EVERY);
        }
    }

    private double atOneHertz(ProcessUsage process, MqttFlood flood) throws Exception {
        Duration before = process.cpu().orElseThrow();
        long start = System.nanoTime();
        for (int second = 0; second < seconds; second++) {
            for (int device = 0; device < Message.DEVICES; device++) {
                flood.publish(Message.pack(second * Message.DEVICES + device));
            }
            flood.settle();
            long next = start + Duration.ofSeconds(second + 1).toNanos();
            Thread.sleep(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
        }
        double used = process.cpu().orElseThrow().minus(before).toNanos() / (double) (System.nanoTime() - start);
        report.add("cpu_440_at_1_hz", 100 * used, "% of a core");
        return megabytes(process);
    }

    private void atFullSpeed(ProcessUsage process, MqttFlood flood, TopicEnd end) throws Exception {
        long before = end.offset();
        FloodRun run = new FloodRun(process, flood, Message::pack, () -> end.offset() - before);
        FloodRun.Result result = run.measure(packs);
        report.add("agent", result.perSecond(), "packs/s", "bare_loop");
        report.add("agent_readings", Message.READINGS_PER_PACK * result.perSecond(), "readings/s");
        report.add("agent_cpu", result.microsPerMessage(), "us/pack", "bare_loop_cpu");
        report.add("agent_cpu_per_reading", result.microsPerMessage() / Message.READINGS_PER_PACK, "us/reading");
        report.add("resident_at_full_speed", megabytes(process), "MB");
    }

    /** Without a client, whose refused requests cost more than all that the agent does until then. */
    private static boolean isOpen(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    private static long kept(HttpClient client, URI metrics) {
        try {
            String body = client.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            Matcher kept = KEPT.matcher(body);
            return kept.find() ? Long.parseLong(kept.group(1)) : 0;
        } catch (IOException _) {
            return 0; // it isn't open yet
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private static double megabytes(ProcessUsage process) throws IOException {
        return process.residentBytes().orElseThrow() / BYTES_PER_MEGABYTE;
    }

    /** Once it no longer changes: what a start needed has been given back by then. */
    private static double settledMegabytes(ProcessUsage process) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + SETTLES_WITHIN.toNanos();
        double before;
        double now = Double.MAX_VALUE;
        do {
            before = now;
            Thread.sleep(SETTLED_AFTER);
            now = megabytes(process);
        } while (Math.abs(now - before) > SETTLED_SHARE * now && System.nanoTime() < deadline);
        return now;
    }
}
