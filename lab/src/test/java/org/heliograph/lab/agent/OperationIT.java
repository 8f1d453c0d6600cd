package org.heliograph.lab.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.elements.config.Configuration;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.JournalingIntake;
import org.heliograph.agent.intake.Moment;
import org.heliograph.agent.intake.time.AgentClock;
import org.heliograph.agent.intake.time.LinuxMachine;
import org.heliograph.agent.intake.time.Machine;
import org.heliograph.agent.journal.Journal;
import org.heliograph.lab.Yesterday;
import org.heliograph.lab.server.FreePort;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.lab.server.Mosquitto;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.ClockQuality;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's commands, and a device that floods, with real servers. */
class OperationIT {
    private static final String TOPIC = "hg/casa1/%s/senml";
    private static final Instant BASE = Yesterday.at(10);

    @TempDir
    private Path folder = Path.of("");

    private final Topics topics = new Topics("hg");

    @Test
    void test_prints_what_devices_say_and_leaves_it_to_the_agent() throws Exception {
        assumeThat(Mosquitto.available()).as("Mosquitto is installed").isTrue();
        try (KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"));
                Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"));
                Publisher device = new Publisher(mosquitto.uri(), "meter");
                Records packs = new Records(kafka.bootstrap(), topics.telemetry())) {
            Records.createTopics(kafka.bootstrap(), topics);
            Path config = config(kafka.bootstrap(), "mqtt: [{url: \"" + mosquitto.uri() + "\"}]\n");
            try (AgentProcess agent = AgentProcess.start(config)) {
                device.publishRetained(TOPIC.formatted("util-1"), pack(1));
                packs.await(1);
                agent.stop();
            }
            // in the agent's session; nobody takes it but the agent
            device.publish(TOPIC.formatted("util-1"), pack(2));
            device.publishRetained(TOPIC.formatted("bad-1"), "[nonsense");

            assertThat(commandUntil(
                            List.of(
                                    line -> line.contains("util-1") && line.contains("1.000 W"),
                                    line -> line.startsWith("refused") && line.contains("not JSON")),
                            "test",
                            "--for",
                            "2m",
                            config.toString()))
                    .as("what it printed without these")
                    .isEmpty();
            assertThat(packs.await(1)).hasSize(1);
            try (AgentProcess _ = AgentProcess.start(config)) {
                packs.await(2);
            }
        }
    }

    @Test
    void once_reads_every_device_that_can_be_asked_delivers_it_with_what_was_held_and_ends() throws Exception {
        try (KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"));
                Records packs = new Records(kafka.bootstrap(), topics.telemetry())) {
            Records.createTopics(kafka.bootstrap(), topics);
            CoapServer crac = crac();
            try {
                int port = crac.getEndpoints().getFirst().getAddress().getPort();
                String there = "  - {device: crac-01, uri: \"coap://127.0.0.1:" + port + "/senml\"}\n";
                Path config = config(kafka.bootstrap(), "coap:\n" + there);
                hold(folder.resolve("agent.journal"));

                assertThat(command("once", config.toString()))
                        .endsWith("delivered 1 packs, and 1 entries that had waited", "exit 0");
                List<ConsumerRecord<String, byte[]>> sent = packs.await(records -> records.stream()
                        .map(ConsumerRecord::key)
                        .toList()
                        .containsAll(List.of("casa1/held", "casa1/crac-01")));
                assertThat(sent)
                        .filteredOn(pack -> pack.key().equals("casa1/held"))
                        .singleElement()
                        .satisfies(pack -> assertThat(PackCodec.decode(pack.value()))
                                .as("what this start of the machine had held is no dead letter")
                                .extracting(Dispatch::clock)
                                // as this machine's clock is kept right, or not
                                .isIn(ClockQuality.RESTAMPED, ClockQuality.UNSYNCHRONISED));

                String absent = "  - {device: crac-02, uri: \"coap://127.0.0.1:9/senml\"}\n";
                Path half = config(kafka.bootstrap(), "coap:\n" + there + absent);
                assertThat(command("once", "--within", "30s", half.toString()))
                        .contains("agent: no reading of crac-02")
                        .endsWith("exit 1");
                packs.await(3);
            } finally {
                crac.destroy();
            }
        }
    }

    @Test
    void a_flood_from_one_device_starves_nobody_and_is_told() throws Exception {
        assumeThat(Mosquitto.available()).as("Mosquitto is installed").isTrue();
        int health = FreePort.find();
        try (KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"));
                Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"));
                Publisher loud = new Publisher(mosquitto.uri(), "loud");
                Publisher calm = new Publisher(mosquitto.uri(), "calm");
                Records packs = new Records(kafka.bootstrap(), topics.telemetry())) {
            Records.createTopics(kafka.bootstrap(), topics);
            Path config = config(
                    kafka.bootstrap(),
                    "mqtt: [{url: \"" + mosquitto.uri() + "\"}]\nlimit: {packsPerSecond: 1, burst: 20}\n"
                            + "health: {listen: \"127.0.0.1:" + health + "\"}\n");
            try (AgentProcess agent = AgentProcess.start(config)) {
                calm.publishRetained(TOPIC.formatted("calm"), pack(0));
                packs.await(1);
                for (int i = 1; i <= 10; i++) {
                    for (int j = 0; j < 100; j++) {
                        loud.publish(TOPIC.formatted("loud"), pack(100L * i + j));
                    }
                    calm.publish(TOPIC.formatted("calm"), pack(i));
                }
                packs.await(records -> records.stream()
                                .filter(record -> record.key().equals("casa1/calm"))
                                .count()
                        >= 11);

                assertThat(get(health, "/health")).contains("\"status\":\"ok\"");
                String metrics = get(health, "/metrics");
                assertThat(metrics.lines().filter(line -> line.startsWith("heliograph_agent_limited_total{")))
                        .singleElement()
                        .satisfies(line -> {
                            assertThat(line).contains("device=\"loud\"");
                            assertThat(Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                                    .isGreaterThan(500);
                        });
                // a file that is wrong is told once, and again when somebody asks for it; the agent goes on
                Files.writeString(config, "nonsense: 1\n");
                awaitLog("reload=refused", 1);
                agent.hangUp();
                awaitLog("reload=refused", 2);
                assertThat(agent.isAlive()).isTrue();
                agent.stop();
            }
        }
    }

    @Test
    void it_stops_though_nobody_answers() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            silent.setSoTimeout((int) Duration.ofMinutes(2).toMillis());
            Path config = config("127.0.0.1:9", """
                    mqtt: [{url: "tcp://127.0.0.1:%d"}]
                    coap: [{device: crac-01, uri: "coap://127.0.0.1:9/senml"}]
                    """.formatted(silent.getLocalPort()));
            try (AgentProcess agent = AgentProcess.start(config)) {
                try (Socket _ = silent.accept()) { // and it waits for an answer to its greeting
                    agent.stop();
                }
            }
            // what it has to leave depends on how long a machine takes for the rest
            assertThat(Files.readString(folder.resolve("agent.log"))).contains("agent=stopped ");
        }
    }

    private void awaitLog(String text, int times) throws IOException {
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (Files.readString(folder.resolve("agent.log")).split(text, -1).length <= times) {
            assertThat(System.nanoTime()).as(text).isLessThan(deadline);
            LockSupport.parkNanos(20_000_000);
        }
    }

    /** A plausible clock is believed at once, whether or not this machine has a time service. */
    private Path config(String bootstrap, String sources) throws IOException {
        return Files.writeString(folder.resolve("agent.yaml"), """
                agent: edge-1
                site: casa1
                kafka: {bootstrap: "%s"}
                journal: {path: agent.journal, waitForTime: PT0S}
                """.formatted(bootstrap) + sources);
    }

    /** The lines of both its outputs, then its exit code. */
    private List<String> command(String... arguments) throws IOException, InterruptedException {
        List<String> command = AgentProcess.command();
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = new ArrayList<>();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            out.lines().forEach(lines::add);
        }
        lines.add("exit " + process.waitFor());
        return lines;
    }

    /** Ends a command as soon as it has printed such lines, in any order; what it printed, if it ended without them. */
    private List<String> commandUntil(List<Predicate<String>> wanted, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = AgentProcess.command();
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<Predicate<String>> missing = new ArrayList<>(wanted);
        List<String> lines = new ArrayList<>();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            while (!missing.isEmpty()) {
                String line = out.readLine();
                if (line == null) {
                    return lines;
                }
                lines.add(line);
                missing.removeIf(one -> one.test(line));
            }
        } finally {
            process.destroy();
            process.waitFor();
        }
        return List.of();
    }

    private static String get(int port, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    /** As an agent leaves it that was stopped before a time service had set the machine's clock. */
    private static void hold(Path file) throws Exception {
        LinuxMachine real = new LinuxMachine();
        Machine unset = new Machine() {
            @Override
            public long wallMillis() {
                return real.upMillis();
            }

            @Override
            public long upMillis() {
                return real.upMillis();
            }

            @Override
            public String start() {
                return real.start();
            }

            @Override
            public Sync sync() {
                return Sync.NO;
            }
        };
        DeviceId device = new DeviceId("casa1", "held");
        try (Journal journal =
                Journal.open(file, new Journal.Limits(Duration.ZERO, 1, 1 << 20), InstantSource.system())) {
            Admission admission = new JournalingIntake(
                            journal, "edge-1", new AgentClock(unset, journal, Duration.ofMinutes(10)))
                    .offer(
                            new Readings(
                                    device,
                                    "",
                                    new Sampling()
                                            .gauge(Point.POWER, unset.wallMillis(), 7)
                                            .series()),
                            Stamp.ARRIVAL,
                            new Arrival(
                                    "test",
                                    device,
                                    new byte[0],
                                    new Moment(Instant.ofEpochMilli(unset.wallMillis()), unset.upMillis())))
                    .get();
            assertThat(admission).isInstanceOf(Admission.Kept.class);
        }
    }

    private static CoapServer crac() {
        CoapServer server = new CoapServer(Configuration.createStandardWithoutFile());
        server.addEndpoint(CoapEndpoint.builder()
                .setInetSocketAddress(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .setConfiguration(Configuration.createStandardWithoutFile())
                .build());
        CoapResource senml = new CoapResource("senml") {
            @Override
            public void handleGET(CoapExchange exchange) {
                exchange.respond(CoAP.ResponseCode.CONTENT, "[{\"n\":\"power\",\"u\":\"W\",\"v\":7}]", 110);
            }
        };
        senml.setObservable(true);
        server.add(senml);
        server.start();
        return server;
    }

    private static String pack(long number) {
        return "[{\"n\":\"power\",\"u\":\"W\",\"v\":" + number + ",\"t\":" + (BASE.getEpochSecond() + number) + "}]";
    }
}
