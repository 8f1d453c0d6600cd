package org.heliograph.sim.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Reader;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.heliograph.sim.Casablanca;
import org.heliograph.sim.device.Instruments;
import org.heliograph.sim.device.Snapshot;
import org.heliograph.sim.ledger.Integration;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Plant;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CoapFleetTest {
    private static final Instant NOON = Instant.parse("2026-07-01T11:00:00Z");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int INSTANTS_PER_STEP = 10;
    private static final int SHOWN = 30;
    private static final Pattern BASE_TIME = Pattern.compile("\"bt\":(\\d+)");
    private static final Pattern OFFSET = Pattern.compile("\"t\":(\\d+)");

    /** The fleet's own, and what Californium calls those of a server that was given none. */
    private static final Predicate<String> SERVING =
            Pattern.compile("coap-devices|CoapServer").asPredicate();

    private Integration integration;
    private final Map<String, Instruments> instruments = new LinkedHashMap<>();
    private CoapFleet fleet;

    @BeforeEach
    void start() throws Exception {
        SiteModel model = SiteFile.parse("site.yaml", Casablanca.siteYaml(2));
        integration = new Integration(new Plant(Layout.of(model, NOON), 1, 0.7), NOON);
        model.devices().stream()
                .filter(device -> device.role() == Role.COOLING)
                .forEach(device -> instruments.put(device.id(), new Instruments(device, integration, 1)));
        Map<String, Snapshot> first = new LinkedHashMap<>();
        instruments.forEach((id, device) -> first.put(id, device.read()));
        fleet = CoapFleet.start("127.0.0.1", 0, first);
    }

    @AfterEach
    void stop() {
        fleet.close();
    }

    private URI device() {
        return uri(fleet, "crac-01");
    }

    private static URI uri(CoapFleet fleet, String device) {
        return Objects.requireNonNull(fleet.uris().get(device));
    }

    private List<Snapshot> read() {
        Instruments crac = Objects.requireNonNull(instruments.get("crac-01"));
        List<Snapshot> read = new ArrayList<>();
        for (int i = 0; i < INSTANTS_PER_STEP; i++) {
            integration.advanceTo(integration.now().plusSeconds(60));
            read.add(crac.read());
        }
        return read;
    }

    private void step() {
        fleet.show("crac-01", read(), SHOWN);
    }

    private CompletableFuture<Void> received(Duration lost) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        receiving(lost, done);
        return done;
    }

    private Thread receiving(Duration lost, CompletableFuture<Void> done) {
        return Thread.ofPlatform().daemon().start(() -> {
            try {
                fleet.awaitReceived(lost);
                done.complete(null);
            } catch (InterruptedException e) {
                done.completeExceptionally(e);
            }
        });
    }

    /** The same, once it is seen to wait: it has looked, and somebody hasn't received what is shown. */
    private CompletableFuture<Void> heldBack() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread waiting = receiving(PATIENCE, done);
        while (waiting.getState() != Thread.State.TIMED_WAITING) {
            assertThat(done).as("nobody is waited for").isNotDone();
            Thread.onSpinWait();
        }
        return done;
    }

    /** A Californium client on a port of its own, with the limits that it ships with. */
    private static final class Observer implements CoapHandler, AutoCloseable {
        final BlockingQueue<String> packs = new LinkedBlockingQueue<>();
        final CoapEndpoint endpoint;
        final CoapClient client;

        Observer(URI device) throws IOException {
            CoapConfig.register();
            UdpConfig.register();
            endpoint = CoapEndpoint.builder()
                    .setConfiguration(Configuration.createStandardWithoutFile())
                    .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .build();
            endpoint.start();
            client = new CoapClient(device.resolve("/senml"));
            client.setEndpoint(endpoint);
        }

        Observer observe() {
            client.observe(this);
            return this;
        }

        String next() throws InterruptedException {
            String pack = packs.poll(2, TimeUnit.MINUTES);
            assertThat(pack).as("a notification").isNotNull();
            return pack;
        }

        @Override
        public void onLoad(CoapResponse response) {
            packs.add(response.getResponseText());
        }

        @Override
        public void onError() {
            packs.add("error");
        }

        /** Goes away without a word, as a killed process does. */
        void die() {
            endpoint.destroy();
        }

        @Override
        public void close() {
            client.shutdown();
            endpoint.destroy();
        }
    }

    private static NavigableSet<Long> instantsOf(String pack) {
        Matcher base = BASE_TIME.matcher(pack);
        assertThat(base.find()).as(pack).isTrue();
        long start = Long.parseLong(base.group(1));
        NavigableSet<Long> instants = new TreeSet<>(List.of(start));
        OFFSET.matcher(pack).results().forEach(offset -> instants.add(start + Long.parseLong(offset.group(1))));
        return instants;
    }

    @Test
    void well_known_core_names_the_observable_senml() throws Exception {
        try (Observer client = new Observer(device())) {
            client.client.setURI(device().resolve("/.well-known/core").toString());

            CoapResponse links = client.client.get();

            assertThat(links.getOptions().getContentFormat()).isEqualTo(40);
            assertThat(links.getResponseText()).isEqualTo("</senml>;ct=110;obs;rt=\"senml\"");
        }
    }

    @Test
    void a_long_representation_arrives_whole_in_blocks() throws Exception {
        step();
        step();
        step();
        try (Observer client = new Observer(device())) {
            CoapResponse shown = client.client.get();

            assertThat(shown.getOptions().getContentFormat()).isEqualTo(110);
            assertThat(shown.getPayload().length).isBetween(1_025, 8_192);
            assertThat(instantsOf(shown.getResponseText())).hasSize(SHOWN);
        }
    }

    @Test
    void another_content_format_is_not_acceptable() throws Exception {
        try (Observer client = new Observer(device())) {
            assertThat(client.client.get(112).getCode()).isEqualTo(CoAP.ResponseCode.NOT_ACCEPTABLE);
            assertThat(client.client.get(110).getCode()).isEqualTo(CoAP.ResponseCode.CONTENT);
        }
    }

    @Test
    void an_observer_receives_every_instant_when_each_step_waits_for_it() throws Exception {
        try (Observer observer = new Observer(device()).observe()) {
            NavigableSet<Long> seen = instantsOf(observer.next());
            for (int i = 0; i < 20; i++) {
                step();
                received(PATIENCE).get(3, TimeUnit.MINUTES);
            }
            while (seen.last() < integration.now().getEpochSecond()) {
                seen.addAll(instantsOf(observer.next()));
            }

            assertThat(seen).hasSize(1 + 20 * INSTANTS_PER_STEP);
        }
    }

    @Test
    void time_stands_still_while_the_observer_is_dead_and_its_successor_finds_what_it_missed() throws Exception {
        Observer killed = new Observer(device()).observe();
        killed.next();
        step();
        received(PATIENCE).get(3, TimeUnit.MINUTES);
        NavigableSet<Long> beforeDeath = instantsOf(killed.next());
        killed.die();
        step();
        CompletableFuture<Void> held = heldBack();

        try (Observer successor = new Observer(device()).observe()) {
            assertThat(instantsOf(successor.next())).containsAll(beforeDeath).hasSize(21);
            held.get(3, TimeUnit.MINUTES);
            step();
            received(PATIENCE).get(3, TimeUnit.MINUTES);

            // the notification that was for the dead one may come to this one yet: it shows no more than the first did
            NavigableSet<Long> shown = instantsOf(successor.next());
            while (shown.size() < SHOWN) {
                shown = instantsOf(successor.next());
            }
            assertThat(shown).hasSize(SHOWN).containsAll(beforeDeath.tailSet(shown.first()));
        }
    }

    @Test
    void an_observer_that_does_not_come_back_is_given_up_and_taken_up_again() throws Exception {
        Observer killed = new Observer(device()).observe();
        killed.next();
        killed.die();
        step();
        received(Duration.ofMillis(100)).get(3, TimeUnit.MINUTES);
        step();
        received(PATIENCE).get(3, TimeUnit.MINUTES);

        try (Observer successor = new Observer(device()).observe()) {
            successor.next();
            step();
            received(PATIENCE).get(3, TimeUnit.MINUTES);

            assertThat(instantsOf(successor.next()).last())
                    .isEqualTo(integration.now().getEpochSecond());
        }
    }

    @Test
    void a_replay_waits_for_the_first_observers_as_long_as_they_are_expected() throws Exception {
        fleet.expectObserversFor(PATIENCE);
        CompletableFuture<Void> waiting = heldBack();

        try (Observer one = new Observer(device()).observe();
                Observer other = new Observer(uri(fleet, "crac-02")).observe()) {
            waiting.get(3, TimeUnit.MINUTES);
            assertThat(one.next()).isNotEmpty();
            assertThat(other.next()).isNotEmpty();
        }
    }

    @Test
    void nobody_is_waited_for_when_nobody_is_expected() throws Exception {
        step();

        received(PATIENCE).get(3, TimeUnit.MINUTES);

        assertThat(integration.now()).isEqualTo(NOON.plusSeconds(600));
    }

    @Test
    void many_devices_share_a_few_threads() throws Exception {
        Map<String, Snapshot> first = new LinkedHashMap<>();
        Snapshot shown = instruments.values().iterator().next().read();
        for (int i = 0; i < 72; i++) {
            first.put("device-" + i, shown);
        }
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (CoapFleet many = CoapFleet.start("127.0.0.1", 0, first)) {
            assertThat(many.uris()).hasSize(72);
            assertThat(many.uris().values()).doesNotHaveDuplicates();
            // two that work, one for timers and one that receives; by their names, as clients of other tests end late
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> !before.contains(thread) && SERVING.test(thread.getName()))
                    .hasSizeLessThanOrEqualTo(4);
        }
    }

    @Test
    void a_port_in_use_is_named() throws Exception {
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Map<String, Snapshot> first =
                    Map.of("one", instruments.values().iterator().next().read());

            assertThatThrownBy(() -> CoapFleet.start("127.0.0.1", taken.getLocalPort(), first))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(":" + taken.getLocalPort());
        }
    }

    @Test
    void more_devices_than_ports_take_none() throws Exception {
        Map<String, Snapshot> first = new LinkedHashMap<>();
        instruments.forEach((id, device) -> first.put(id, device.read()));
        assertThat(first).hasSizeGreaterThan(1);

        assertThatThrownBy(() -> CoapFleet.start("127.0.0.1", 65_535, first))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(first.size() + " CoAP devices from port 65535 on");
        try (DatagramSocket free = new DatagramSocket(65_535, InetAddress.getLoopbackAddress())) {
            assertThat(free.isBound()).isTrue();
        }
    }

    @Test
    void libcoaps_client_gets_and_observes() throws Exception {
        Assumptions.assumeTrue(
                CoapClientProgram.isThere(), "libcoap's coap-client-notls is not installed (libcoap3-bin)");
        assertThat(CoapClientProgram.run("-m", "get", device() + "/.well-known/core"))
                .contains("</senml>");
        step();
        step();
        step();
        assertThat(instantsOf(CoapClientProgram.run("-m", "get", device() + "/senml")))
                .hasSize(SHOWN);

        try (CoapFleet single = CoapFleet.start("127.0.0.1", 0, Map.of("crac-01", read().getLast()))) {
            Process observing = CoapClientProgram.start("-m", "get", "-s", "120", uri(single, "crac-01") + "/senml");
            try (Reader printed = observing.inputReader(StandardCharsets.UTF_8)) {
                assertThat(instantsOf(nextPack(printed))).hasSize(1);
                // not before: a body whose blocks are still on their way gives way to a newer one
                single.show("crac-01", read(), SHOWN);
                assertThat(instantsOf(nextPack(printed))).hasSize(1 + INSTANTS_PER_STEP);
            } finally {
                observing.destroyForcibly();
            }
        }
    }

    /** The next that the client prints; the rest of its output if it ends before. */
    private static String nextPack(Reader printed) throws IOException {
        StringBuilder pack = new StringBuilder();
        for (int next = printed.read(); next >= 0; next = printed.read()) {
            pack.append((char) next);
            if (pack.indexOf("[{") >= 0 && pack.toString().endsWith("}]")) {
                break;
            }
        }
        return pack.toString();
    }
}
