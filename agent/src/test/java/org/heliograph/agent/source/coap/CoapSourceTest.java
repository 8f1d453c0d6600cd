package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.Endpoint;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.wire.Presence;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CoapSourceTest {
    private static final int SENML_JSON = 110;
    private static final int SENML_CBOR = 112;
    private static final Patience PATIENCE = new Patience(
            Duration.ofSeconds(2),
            Duration.ofMillis(500),
            Duration.ofSeconds(4),
            Duration.ofMillis(50),
            Duration.ofSeconds(4),
            Duration.ofMillis(50),
            Duration.ofMillis(200),
            Duration.ofMillis(50),
            Duration.ofMillis(50));

    /** On a machine that is held up: for nothing that is refused, but for an answer that comes. */
    static final Patience UNHURRIED = new Patience(
            Duration.ofMinutes(2),
            Duration.ofMinutes(2),
            Duration.ofMinutes(4),
            Duration.ofMillis(50),
            Duration.ofMinutes(4),
            Duration.ofMillis(50),
            Duration.ofMillis(200),
            Duration.ofMillis(50),
            Duration.ofMinutes(2));

    private final RecordingIntake intake = new RecordingIntake();

    @Test
    void notifications_become_readings_of_the_configured_device() throws Exception {
        try (TestDevice device = TestDevice.start(0, "senml", SENML_JSON);
                CoapSource _ = observing(device.uri("/senml"))) {
            assertThat(intake.awaitReadings().device()).isEqualTo(new DeviceId("casa1", "crac-01"));
            device.reportPower(2);
            intake.awaitPower(2);
            device.reportPower(3);
            intake.awaitPower(3);
        }
    }

    @Test
    void the_resource_is_found_through_well_known_core() throws Exception {
        try (TestDevice device = TestDevice.start(0, "measurements", SENML_JSON);
                CoapSource _ = observing(device.uri(""))) {
            intake.awaitPower(1);
        }
    }

    @Test
    void a_relation_that_the_device_forgot_is_renewed() throws Exception {
        try (TestDevice device = TestDevice.start(0, "senml", SENML_JSON);
                CoapSource _ = observing(device.uri("/senml"))) {
            intake.awaitPower(1);
            device.setQuietly(7);
            device.forgetObservers();
            intake.awaitPower(7);
        }
    }

    @Test
    void a_device_that_claims_to_be_fresh_for_years_is_asked_all_the_same() throws Exception {
        try (TestDevice device = TestDevice.start(0, "senml", SENML_JSON)) {
            device.maxAgeSeconds = 100_000_000;
            try (CoapSource _ = observing(device.uri("/senml"))) {
                intake.awaitPower(1);
                device.setQuietly(7);
                device.forgetObservers();
                intake.awaitPower(7);
                // and it is observed again
                device.reportPower(8);
                intake.awaitPower(8);
            }
        }
    }

    /** As the address translation of a container's host does between two notifications: what comes then comes to nobody. */
    @Test
    void a_device_behind_a_network_that_forgets_its_observer_is_heard_as_often_as_it_is_asked() throws Exception {
        try (TestDevice device = TestDevice.start(0, "senml", SENML_JSON);
                UdpRelay network = new UdpRelay(device.port())) {
            device.maxAgeSeconds = 100_000;
            URI behind = URI.create("coap://127.0.0.1:" + network.port() + "/senml");
            try (CoapSource _ = observing(behind, CoapEndpoint::builder, UNHURRIED, Duration.ofMillis(300))) {
                intake.awaitPower(1);
                network.renumber();
                device.reportPower(7);
                intake.awaitPower(7);
                network.renumber();
                device.reportPower(8);
                intake.awaitPower(8);
            }
        }
    }

    @Test
    void a_machine_without_a_socket_is_waited_for() throws Exception {
        InetSocketAddress taken = new InetSocketAddress(InetAddress.getByName("203.0.113.1"), 0);
        Queue<CoapEndpoint.Builder> unusable = new ArrayDeque<>();
        for (int i = 0; i < 3; i++) {
            unusable.add(CoapEndpoint.builder().setInetSocketAddress(taken));
        }
        try (TestDevice device = TestDevice.start(0, "senml", SENML_JSON);
                CoapSource _ = observing(
                        device.uri("/senml"), () -> unusable.isEmpty() ? CoapEndpoint.builder() : unusable.remove())) {
            intake.awaitPower(1);
            assertThat(unusable).isEmpty();
        }
    }

    @Test
    void a_device_whose_name_has_no_address_leaves_nothing_behind_however_often_it_is_tried() throws Exception {
        CountDownLatch tried = new CountDownLatch(4);
        AtomicInteger listeners = new AtomicInteger();
        ScheduledThreadPoolExecutor renewals = new ScheduledThreadPoolExecutor(1);
        CoapEndpoint socket = CoapEndpoint.builder().build();
        Endpoint counting = (Endpoint) Proxy.newProxyInstance(
                Endpoint.class.getClassLoader(), new Class<?>[] {Endpoint.class}, (_, method, arguments) -> {
                    switch (method.getName()) {
                        case "addNotificationListener" -> {
                            assertThat(listeners.incrementAndGet()).isEqualTo(1);
                            tried.countDown();
                        }
                        case "removeNotificationListener" -> listeners.decrementAndGet();
                        default -> {
                            return method.invoke(socket, arguments);
                        }
                    }
                    return null;
                });
        // a label has 63 characters at most: nobody is asked
        URI nowhere = URI.create("coap://" + "x".repeat(64) + ".invalid/senml");
        ObservedDevice observed = new ObservedDevice(
                new DeviceId("casa1", "crac-01"),
                nowhere,
                _ -> {},
                counting,
                new Confirmations(CoapSource.configuration(PATIENCE)),
                renewals,
                intake,
                MachineClock.of(InstantSource.system()),
                PATIENCE);
        Thread thread = Thread.ofVirtual().start(observed);
        try {
            assertThat(tried.await(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            observed.close();
            thread.interrupt();
            thread.join();
            renewals.shutdownNow();
            socket.destroy();
        }
        assertThat(listeners).hasValue(0);
    }

    @Test
    void a_device_that_restarts_is_observed_again() throws Exception {
        TestDevice first = TestDevice.start(0, "senml", SENML_JSON);
        try (CoapSource _ = observing(first.uri("/senml"))) {
            intake.awaitPower(1);
            first.close();
            try (TestDevice second = TestDevice.start(first.port(), "senml", SENML_JSON)) {
                second.setQuietly(8);
                intake.awaitPower(8);
                second.reportPower(9);
                intake.awaitPower(9);
            }
        } finally {
            first.close();
        }
    }

    @Test
    void a_device_that_stays_away_is_told_as_offline_since_it_was_lost_and_as_online_when_it_is_back()
            throws Exception {
        TestDevice first = TestDevice.start(0, "senml", SENML_JSON);
        try (CoapSource _ = observing(first.uri("/senml"))) {
            intake.awaitPower(1);
            assertThat(intake.awaitPresence().online())
                    .as("who spoke before may have said that it is away")
                    .isTrue();
            first.close();

            Presence away = intake.awaitPresence();
            assertThat(away.online()).isFalse();
            assertThat(away.reason()).isNotEmpty();

            try (TestDevice _ = TestDevice.start(first.port(), "senml", SENML_JSON)) {
                Presence back = intake.awaitPresence();
                assertThat(back.online()).isTrue();
                assertThat(back.since()).isAfter(away.since());
            }
        } finally {
            first.close();
        }
    }

    @Test
    void a_device_that_grants_no_observation_is_asked_from_time_to_time_and_observed_once_it_has_room()
            throws Exception {
        try (TestDevice device = TestDevice.start(0, "senml", SENML_JSON)) {
            device.refuseObservers();
            device.maxAgeSeconds = 0;
            try (CoapSource _ = observing(device.uri("/senml"), CoapEndpoint::builder, UNHURRIED)) {
                intake.awaitPower(1);
                device.setQuietly(2);
                intake.awaitPower(2);
                device.setQuietly(3);
                intake.awaitPower(3);
                device.grantObservers();
                device.awaitObserver();
                // one that overtakes the answer to the request may pass for late
                intake.awaitPower(4, () -> device.reportPower(4));
            }
        }
        assertThat(intake.awaitPresence().online()).isTrue();
        assertThat(intake.presences()).as("it was there all the time").isZero();
    }

    @Test
    void a_device_that_must_be_asked_is_asked_as_its_representation_grows_old_but_not_more_than_each_minute() {
        assertThat(Patience.DEFAULT.untilPoll(Duration.ZERO)).isEqualTo(Duration.ofMinutes(1));
        assertThat(Patience.DEFAULT.untilPoll(Duration.ofSeconds(90))).isEqualTo(Duration.ofSeconds(90));
        assertThat(Patience.DEFAULT.untilPoll(Duration.ofDays(300))).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void a_short_askEvery_is_for_who_should_notify_and_makes_no_poll_more_frequent() {
        Patience behindTranslation = Patience.DEFAULT.asking(Duration.ofSeconds(25));

        assertThat(behindTranslation.silence()).isEqualTo(Duration.ofSeconds(25));
        assertThat(behindTranslation.untilPoll(Duration.ZERO)).isEqualTo(Duration.ofMinutes(1));
        assertThat(behindTranslation.untilPoll(Duration.ofMinutes(10))).isEqualTo(Duration.ofMinutes(5));
        assertThat(Patience.DEFAULT.asking(Duration.ofHours(1)).untilPoll(Duration.ofDays(300)))
                .as("who asks for an hour of silence has it")
                .isEqualTo(Duration.ofHours(1));
    }

    @Test
    void a_source_that_ends_leaves_no_observer_behind() throws Exception {
        try (TestDevice device = TestDevice.start(0, "senml", SENML_JSON)) {
            device.maxAgeSeconds = 100_000;
            try (CoapSource _ = observing(device.uri("/senml"), CoapEndpoint::builder, UNHURRIED)) {
                // it knows by then that the device has granted it
                intake.awaitPresence();
                assertThat(device.observers()).isOne();
            }
            assertThat(device.observers()).isZero();
        }
    }

    @Test
    void a_device_that_is_absent_at_the_start_is_waited_for() throws Exception {
        TestDevice absent = TestDevice.start(0, "senml", SENML_JSON);
        absent.close();
        try (CoapSource _ = observing(absent.uri(""))) {
            try (TestDevice _ = TestDevice.start(absent.port(), "senml", SENML_JSON)) {
                intake.awaitPower(1);
            }
        }
    }

    @Test
    void a_representation_of_many_blocks_is_put_together() throws Exception {
        String pack = IntStream.range(0, 400)
                .mapToObj(i -> "{\"n\":\"power\",\"t\":" + (1_782_899_990 + i) + ",\"v\":" + i + "}")
                .collect(Collectors.joining(",", "[", "]"));
        assertThat(pack.length()).isGreaterThan(14_000);
        try (TestDevice device = TestDevice.start(0, "senml", SENML_JSON);
                CoapSource _ = observing(device.uri("/senml"))) {
            intake.awaitPower(1);
            device.report(pack);
            intake.awaitSamples(400);
        }
    }

    @Test
    void what_was_turned_away_is_handed_in_again_without_asking_its_device() throws Exception {
        intake.turnAway.set(Integer.MAX_VALUE);
        TestDevice device = TestDevice.start(0, "senml", SENML_JSON);
        try (CoapSource _ = observing(device.uri("/senml"))) {
            intake.awaitTurnedAway();
            device.close();
            intake.turnAway.set(0);
            intake.awaitPower(1);
        } finally {
            device.close();
        }
    }

    @Test
    void a_notification_that_found_no_room_is_not_confirmed_by_a_later_instant() throws Exception {
        try (TestDevice device = TestDevice.start(0, "senml", SENML_JSON);
                CoapSource _ = observing(device.uri("/senml"))) {
            intake.awaitPower(1);
            device.confirmably();
            intake.turnAway.set(Integer.MAX_VALUE);
            device.reportPower(2);
            intake.awaitTurnedAway();
            device.setQuietly(3);
            assertThat(device.isAcknowledged()).isFalse();

            intake.turnAway.set(0);
            device.awaitAcknowledgement();
            intake.awaitPower(2);
        }
    }

    @Test
    void malformed_senml_and_other_formats_are_refused_and_the_observation_goes_on() throws Exception {
        try (TestDevice device = TestDevice.start(0, "senml", SENML_JSON);
                CoapSource _ = observing(device.uri("/senml"))) {
            intake.awaitPower(1);
            device.report("[{\"n\":\"power\",\"v\":\"much\"}]");
            intake.awaitReason("record 1: 'v' is not a number");
            device.report("[{\"n\":\"power\",\"v\":NaN}]");
            device.report("[{\"n\":\"crac-02:power\",\"v\":1}]");
            intake.awaitReason("a device speaks only for itself");
            device.reportPower(5);
            intake.awaitPower(5);
        }
    }

    @Test
    void a_content_format_other_than_senml_is_refused() throws Exception {
        try (TestDevice device = TestDevice.start(0, "senml", 0);
                CoapSource _ = observing(device.uri("/senml"))) {
            assertThat(intake.awaitReason()).isEqualTo("content format 0, not 110 (SenML JSON) or 112 (SenML CBOR)");
        }
    }

    @Test
    void a_notification_is_confirmed_when_it_is_on_disk_and_not_before() throws Exception {
        try (TestDevice device = TestDevice.start(0, "senml", SENML_JSON);
                CoapSource _ = observing(device.uri("/senml"))) {
            intake.awaitPower(1);
            device.confirmably();
            CompletableFuture<Admission> onDisk = new CompletableFuture<>();
            intake.answerWith(onDisk);
            device.reportPower(2);
            intake.awaitPower(2);
            assertThat(device.isAcknowledged()).isFalse();

            onDisk.complete(new Admission.Kept(1));
            device.awaitAcknowledgement();

            intake.answerWith(CompletableFuture.completedFuture(new Admission.Refused("for its time")));
            device.reportPower(3);
            device.awaitAcknowledgement();
        }
    }

    @Test
    void a_confirmable_notification_of_many_blocks_is_confirmed_too() throws Exception {
        String pack = IntStream.range(0, 200)
                .mapToObj(i -> "{\"n\":\"power\",\"t\":" + (1_782_899_990 + i) + ",\"v\":" + i + "}")
                .collect(Collectors.joining(",", "[", "]"));
        try (TestDevice device = TestDevice.start(0, "senml", SENML_JSON);
                CoapSource _ = observing(device.uri("/senml"))) {
            intake.awaitPower(1);
            device.confirmably();
            device.report(pack);
            intake.awaitSamples(200);
            device.awaitAcknowledgement();
        }
    }

    @Test
    void a_device_that_speaks_cbor_is_understood() throws Exception {
        byte[] fiveWatts = HexFormat.of().parseHex("81a20065706f7765720205");
        try (TestDevice device = TestDevice.start(0, "senml", SENML_CBOR)) {
            device.strict = true;
            device.report(fiveWatts);
            // told where: the form is tried out; looked for: the device says which
            for (String path : List.of("/senml", "")) {
                try (CoapSource _ = observing(device.uri(path))) {
                    intake.awaitPower(5);
                }
            }
        }
    }

    private CoapSource observing(URI uri) {
        return observing(uri, CoapEndpoint::builder);
    }

    private CoapSource observing(URI uri, Supplier<CoapEndpoint.Builder> socket) {
        return observing(uri, socket, PATIENCE);
    }

    private CoapSource observing(URI uri, Supplier<CoapEndpoint.Builder> socket, Patience patience) {
        return observing(uri, socket, patience, null);
    }

    private CoapSource observing(
            URI uri, Supplier<CoapEndpoint.Builder> socket, Patience patience, @Nullable Duration askEvery) {
        CoapSource source = new CoapSource(
                List.of(new AgentConfig.Coap("crac-01", uri, null, askEvery)),
                "casa1",
                MachineClock.of(InstantSource.system()),
                patience,
                socket);
        source.start(intake);
        return source;
    }
}
