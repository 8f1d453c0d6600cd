package org.heliograph.lab.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.heliograph.lab.pipeline.Folders;
import org.heliograph.lab.server.Collectd;
import org.heliograph.lab.server.FreePort;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.lab.server.Mosquitto;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The agent as it ships, from Mosquitto to Kafka with its journal on disk; beside a loop that takes the same messages with
 * Paho and forgets them, and collectd, which queues in memory. Each alone with the same publisher and the same brokers,
 * one after the other; processor time is that of its process between the first and the last measured message.
 */
@Command(
        name = "agent",
        mixinStandardHelpOptions = true,
        description = {
            "The agent from device to Kafka, beside bare loops and collectd.",
            "",
            "From Mosquitto to Kafka beside a bare MQTT loop and collectd; CoAP pushes beside a bare server; its memory and its start."
        },
        footer = {"", "Examples:", "  ./heliograph bench agent", "  ./heliograph bench agent --packs 200000"})
final class AgentBench implements Callable<Integer> {
    private static final int DEVICES = 440;
    private static final int READINGS_PER_PACK = 3;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double KIBIBYTES_PER_MEGABYTE = 1_000_000 / 1024.0;
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration SETTLED_AFTER = Duration.ofSeconds(5);
    private static final Duration SETTLES_WITHIN = Duration.ofSeconds(30);
    private static final double SETTLED_SHARE = 0.01;
    private static final String FAST = "hg/bench/%s/senml";
    private static final long BASE_SECONDS = 1_780_000_000L;
    private static final Pattern KEPT = Pattern.compile("heliograph_agent_kept_total\\{[^}]*} (\\d+)");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    @Option(names = "--packs", description = "Measured, after a warm-up of a fifth. Default: ${DEFAULT-VALUE}")
    private int packs = 100_000;

    @Option(names = "--seconds", description = "At 440 devices at 1 Hz, for the memory. Default: ${DEFAULT-VALUE}")
    private int seconds = 30;

    @Override
    public Integer call() throws Exception {
        if (packs < 1_000 || seconds < 1) {
            System.err.println("heliograph bench: --packs is at least 1000, --seconds at least 1");
            return 2;
        }
        if (!Mosquitto.available()) {
            System.err.println("heliograph bench: needs Mosquitto (Debian: apt install mosquitto)");
            return 1;
        }
        Path folder = Files.createTempDirectory("heliograph-bench-");
        Report report = new Report("agent");
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"));
                KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"));
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            admin.createTopics(List.of("hg.telemetry", "hg.rejects", "collectd").stream()
                            .map(topic -> new NewTopic(topic, 1, (short) 1))
                            .toList())
                    .all()
                    .get();
            bare(folder, mosquitto, report);
            agent(folder, mosquitto, kafka, admin, report);
            PushRun pushes = new PushRun(folder, packs, report);
            pushes.bare();
            pushes.agent(kafka.bootstrap());
            if (Collectd.available()) {
                collectd(folder, mosquitto, kafka, admin, report);
            } else {
                System.out.println("collectd isn't installed, or its plugins mqtt and write_kafka lack a library"
                        + " (Debian: apt install collectd-core libmosquitto1 librdkafka1 libyajl2): it is left out");
            }
        } finally {
            Folders.delete(folder);
        }
        report.finish();
        return 0;
    }

    private int warmUp() {
        return packs / 5;
    }

    private void bare(Path folder, Mosquitto mosquitto, Report report) throws Exception {
        System.out.println("a bare Paho loop");
        int all = warmUp() + packs;
        try (HeliographProcess loop = HeliographProcess.start(
                        "loop",
                        folder.resolve("loop"),
                        BareMqttLoop.class.getName(),
                        List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"),
                        List.of(mosquitto.uri(), FAST.formatted("+"), "" + warmUp(), "" + all));
                MqttFlood flood = new MqttFlood(mosquitto.port())) {
            Run run = new Run(loop.pid(), flood, AgentBench::pack, () -> taken(loop.log()));
            run.go(0, warmUp());
            Run.Result result = run.go(warmUp(), packs);
            report.add("bare_loop", result.perSecond(), "packs/s");
            report.add("bare_loop_cpu", result.microsPerMessage(), "us/pack");
        }
    }

    private void agent(Path folder, Mosquitto mosquitto, KafkaServer kafka, Admin admin, Report report)
            throws Exception {
        System.out.println("the agent as it ships");
        int port = FreePort.find();
        Path config = Files.writeString(
                folder.resolve("agent.yaml"), """
                agent: bench
                site: bench
                kafka: {bootstrap: "%s"}
                journal: {path: journal/bench.journal}
                mqtt: [{url: "%s"}]
                limit: {packsPerSecond: 100000, burst: 1000000}
                health: {listen: "127.0.0.1:%d"}
                """.formatted(kafka.bootstrap(), mosquitto.uri(), port));
        URI metrics = URI.create("http://127.0.0.1:" + port + "/metrics");
        // one client, made before: while the agent starts it needs both cores
        try (HttpClient client = HttpClient.newHttpClient();
                MqttFlood flood = new MqttFlood(mosquitto.port())) {
            try (HeliographProcess once = HeliographProcess.shippedAgent(folder.resolve("agent"), config)) {
                awaitKept(client, metrics, once, flood);
            }
            // what waits for it in its session is what it acknowledges first
            flood.publish(FAST.formatted("pdu-000"), pack(0).payload());
            flood.settle();
            long start = System.nanoTime();
            try (HeliographProcess agent = HeliographProcess.shippedAgent(folder.resolve("agent"), config)) {
                await(() -> isOpen(port) ? kept(client, metrics) : 0, 1, Duration.ofMillis(10));
                report.add("start_to_first_kept", (System.nanoTime() - start) / NANOS_PER_SECOND, "s");
                report.add("start_to_first_kept_cpu", cpu(agent.pid()).toNanos() / NANOS_PER_SECOND, "s");
                report.add("resident_at_start", residentMegabytes(agent.pid()), "MB");
                report.add("resident_idle", settledMegabytes(agent.pid()), "MB");
                report.add("resident_440_at_1_hz", atOneHertz(agent.pid(), flood, report), "MB");
                long before = end(admin, "hg.telemetry");
                Run run = new Run(agent.pid(), flood, AgentBench::pack, () -> end(admin, "hg.telemetry") - before);
                run.go(0, warmUp());
                Run.Result result = run.go(warmUp(), packs);
                report.add("agent", result.perSecond(), "packs/s", "bare_loop");
                report.add("agent_readings", READINGS_PER_PACK * result.perSecond(), "readings/s");
                report.add("agent_cpu", result.microsPerMessage(), "us/pack", "bare_loop_cpu");
                report.add("agent_cpu_per_reading", result.microsPerMessage() / READINGS_PER_PACK, "us/reading");
                report.add("resident_at_full_speed", residentMegabytes(agent.pid()), "MB");
            }
        }
    }

    /** The session at the broker exists once something has come through it. */
    private static void awaitKept(HttpClient client, URI metrics, HeliographProcess agent, MqttFlood flood)
            throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (kept(client, metrics) == 0) {
            if (!agent.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException("the agent keeps nothing; see " + agent.log());
            }
            flood.publish(FAST.formatted("pdu-000"), pack(0).payload());
            flood.settle();
            Thread.sleep(LOOK_EVERY);
        }
    }

    private double atOneHertz(long pid, MqttFlood flood, Report report) throws Exception {
        Duration before = cpu(pid);
        long start = System.nanoTime();
        for (int second = 0; second < seconds; second++) {
            for (int device = 0; device < DEVICES; device++) {
                Message message = pack(second * DEVICES + device);
                flood.publish(message.topic(), message.payload());
            }
            flood.settle();
            long next = start + Duration.ofSeconds(second + 1).toNanos();
            Thread.sleep(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
        }
        double used = cpu(pid).minus(before).toNanos() / (double) (System.nanoTime() - start);
        report.add("cpu_440_at_1_hz", 100 * used, "% of a core");
        return residentMegabytes(pid);
    }

    private void collectd(Path folder, Mosquitto mosquitto, KafkaServer kafka, Admin admin, Report report)
            throws Exception {
        System.out.println("collectd");
        try (Collectd collectd =
                        Collectd.start(folder.resolve("collectd"), mosquitto.port(), kafka.bootstrap(), "collectd");
                MqttFlood flood = new MqttFlood(mosquitto.port())) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            int sent = 0;
            while (end(admin, "collectd") == 0 && System.nanoTime() < deadline) {
                Message message = value(sent++);
                flood.publish(message.topic(), message.payload());
                flood.settle();
                Thread.sleep(LOOK_EVERY);
            }
            report.add("collectd_resident_idle", residentMegabytes(collectd.pid()), "MB");
            int from = sent;
            Thread.sleep(Duration.ofSeconds(1));
            long before = end(admin, "collectd");
            Run run = new Run(
                    collectd.pid(), flood, number -> value(from + number), () -> end(admin, "collectd") - before);
            run.go(0, warmUp());
            Run.Result result = run.go(warmUp(), packs);
            report.add("collectd", result.perSecond(), "readings/s", "agent_readings");
            report.add("collectd_cpu", result.microsPerMessage(), "us/reading", "agent_cpu_per_reading");
        }
    }

    /** Three readings of a rack PDU. */
    private static Message pack(int number) {
        String device = "pdu-%03d".formatted(number % DEVICES);
        return new Message(
                FAST.formatted(device),
                ("[{\"bt\":%d,\"n\":\"energy\",\"u\":\"Wh\",\"v\":%d},{\"n\":\"power\",\"u\":\"W\",\"v\":%d.5},"
                                + "{\"n\":\"current\",\"u\":\"A\",\"v\":9.25}]")
                        .formatted(BASE_SECONDS + number, 1_000_000 + number, 2_000 + number % 500));
    }

    /** One, as collectd's MQTT plugin takes it. */
    private static Message value(int number) {
        return new Message(
                "collectd/pdu-%03d/hg/gauge-power".formatted(number % DEVICES),
                String.format(Locale.ROOT, "%d:%d.5", BASE_SECONDS + number, 2_000 + number % 500));
    }

    record Message(String topic, String payload) {}

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

    private static long end(Admin admin, String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        try {
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka doesn't say how much it has", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static double residentMegabytes(long pid) throws IOException {
        Matcher resident = RESIDENT.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
        if (!resident.find()) {
            throw new IOException("no VmRSS of " + pid);
        }
        return Long.parseLong(resident.group(1)) / KIBIBYTES_PER_MEGABYTE;
    }

    /** Once it no longer changes: what a start needed has been given back by then. */
    private static double settledMegabytes(long pid) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + SETTLES_WITHIN.toNanos();
        double before;
        double now = Double.MAX_VALUE;
        do {
            before = now;
            Thread.sleep(SETTLED_AFTER);
            now = residentMegabytes(pid);
        } while (Math.abs(now - before) > SETTLED_SHARE * now && System.nanoTime() < deadline);
        return now;
    }

    /** Used by a process so far. */
    static Duration cpu(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow();
    }

    private static void await(LongSupplier count, long atLeast, Duration every) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (count.getAsLong() < atLeast) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(count.getAsLong() + " of " + atLeast + " after " + PATIENCE);
            }
            Thread.sleep(every);
        }
    }

    /** Publishes, and waits until all of it has arrived. */
    private record Run(long pid, MqttFlood flood, IntFunction<Message> messages, LongSupplier arrived) {
        record Result(int messages, long nanos, Duration cpu) {
            double perSecond() {
                return messages * NANOS_PER_SECOND / nanos;
            }

            double microsPerMessage() {
                return cpu.toNanos() / NANOS_PER_MICRO / messages;
            }
        }

        Result go(int from, int count) throws IOException, InterruptedException {
            Duration before = cpu(pid);
            long start = System.nanoTime();
            for (int i = from; i < from + count; i++) {
                Message message = messages.apply(i);
                flood.publish(message.topic(), message.payload());
            }
            flood.settle();
            await(arrived, from + (long) count, LOOK_EVERY);
            return new Result(count, System.nanoTime() - start, cpu(pid).minus(before));
        }
    }
}
