package org.heliograph.lab.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.heliograph.lab.server.FreePort;
import org.heliograph.lab.server.HeliographProcess;

/** Devices that push over CoAP: the agent, which confirms what is on disk, beside a bare Californium server. */
final class PushRun {
    private static final int DEVICES = 440;
    private static final long BASE_SECONDS = 1_780_000_000L;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MICRO = 1e3;

    private final Path folder;
    private final int packs;
    private final Report report;

    /** @param packs measured, after a warm-up of a fifth */
    PushRun(Path folder, int packs, Report report) {
        this.folder = folder;
        this.packs = packs;
        this.report = report;
    }

    void bare() throws Exception {
        System.out.println("a bare Californium server");
        int port = FreePort.findForUdp();
        try (HeliographProcess server = HeliographProcess.start(
                "server",
                folder.resolve("coap-server"),
                BareCoapServer.class.getName(),
                List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"),
                List.of(String.valueOf(port)))) {
            measure(new ProcessUsage(server.pid()), port, "bare_coap", "", "");
        }
    }

    void agent(String kafka) throws Exception {
        System.out.println("the agent's CoAP server");
        int port = FreePort.findForUdp();
        Path config = Files.writeString(folder.resolve("push.yaml"), """
                agent: push
                site: bench
                kafka: {bootstrap: "%s"}
                journal: {path: journal/push.journal}
                limit: {packsPerSecond: 100000, burst: 1000000}
                coapServer:
                  messagesPerSecond: 100000
                  burst: 100000
                  plain: {listen: "127.0.0.1:%d", insecure: true}
                """.formatted(kafka, port));
        try (HeliographProcess agent = HeliographProcess.shippedAgent(folder.resolve("push"), config)) {
            measure(new ProcessUsage(agent.pid()), port, "agent_coap", "bare_coap", "bare_coap_cpu");
        }
    }

    private void measure(ProcessUsage process, int port, String name, String to, String cpuTo) throws Exception {
        try (CoapFlood flood = new CoapFlood(port)) {
            push(flood, 0, packs / 5);
            Duration before = process.cpu().orElseThrow();
            long start = System.nanoTime();
            push(flood, packs / 5, packs);
            double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
            double micros = process.cpu().orElseThrow().minus(before).toNanos() / NANOS_PER_MICRO / packs;
            if (to.isEmpty()) {
                report.add(name, packs / seconds, "pushes/s").add(name + "_cpu", micros, "us/push");
            } else {
                report.add(name, packs / seconds, "pushes/s", to).add(name + "_cpu", micros, "us/push", cpuTo);
            }
        }
    }

    private static void push(CoapFlood flood, int from, int count) throws Exception {
        for (int number = from; number < from + count; number++) {
            flood.push(("[{\"bn\":\"pdu-%03d:\",\"bt\":%d,\"n\":\"energy\",\"u\":\"Wh\",\"v\":%d},"
                            + "{\"n\":\"power\",\"u\":\"W\",\"v\":%d.5},{\"n\":\"current\",\"u\":\"A\",\"v\":9.25}]")
                    .formatted(number % DEVICES, BASE_SECONDS + number, 1_000_000 + number, 2_000 + number % 500));
        }
        flood.settle();
    }
}
