package org.heliograph.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.heliograph.agent.config.AgentFile;
import org.heliograph.agent.health.Health;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.source.Source;
import org.heliograph.agent.source.board.Counts;
import org.heliograph.agent.source.board.Signal;
import org.heliograph.agent.source.mqtt.Names;
import org.heliograph.telemetry.kafka.KafkaSection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without any of the servers: everything is waited for. */
class ReloadTest {
    private static final String MQTT = "mqtt: [{url: \"tcp://127.0.0.1:1\"}]\n";
    private static final String MORE_MQTT = "mqtt: [{url: \"tcp://127.0.0.1:1\"}, {url: \"tcp://127.0.0.1:2\"}]\n";
    private static final String COAP = "coap: [{device: crac-01, uri: \"coap://127.0.0.1:1/senml\"}]\n";
    private static final String OTHER_COAP = "coap: [{device: crac-02, uri: \"coap://127.0.0.1:1/senml\"}]\n";

    @TempDir
    private Path folder = Path.of("");

    @Test
    void devices_come_and_go_and_what_stays_is_not_touched() throws Exception {
        Path file = config(MQTT + COAP);
        try (Agent agent = Agent.start(AgentFile.read(file), InstantSource.system())) {
            Source mqtt = agent.sources().get(0).source();
            Source coap = agent.sources().get(1).source();
            assertThat(agent.unheard()).containsExactly("crac-01");

            assertThat(agent.reload(AgentFile.read(config(MORE_MQTT + OTHER_COAP))))
                    .isEmpty();

            assertThat(agent.sources())
                    .extracting(Sources.Running::name)
                    .containsExactly("mqtt tcp://127.0.0.1:1", "mqtt tcp://127.0.0.1:2", "coap");
            assertThat(agent.sources().get(0).source()).isSameAs(mqtt);
            assertThat(agent.sources().get(2).source()).isNotSameAs(coap);
            assertThat(agent.unheard()).containsExactly("crac-02");

            assertThat(agent.reload(AgentFile.read(config(MQTT)))).isEmpty();
            assertThat(agent.sources()).extracting(Sources.Running::source).containsExactly(mqtt);
        }
    }

    @Test
    void what_only_a_restart_takes_up_is_named() throws Exception {
        try (Agent agent = Agent.start(AgentFile.read(config(MQTT)), InstantSource.system())) {
            Path other = Files.writeString(
                    folder.resolve("agent.yaml"),
                    Files.readString(folder.resolve("agent.yaml"))
                                    .replace("127.0.0.1:9", "127.0.0.1:8")
                                    .replace("path: j.db", "path: k.db")
                            + "health: {}\n");

            assertThat(agent.reload(AgentFile.read(other))).isEqualTo(List.of("kafka", "journal", "health"));
            assertThat(agent.config().kafka().bootstrap()).isEqualTo("127.0.0.1:9");
            assertThat(refusal(agent))
                    .isEqualTo("the file was changed in what only a restart takes up: kafka, journal, health");
            assertThat(agent.metrics()).contains("\nheliograph_agent_restart_needed 1\n");

            assertThat(agent.reload(AgentFile.read(config(MQTT)))).isEmpty();
            assertThat(refusal(agent)).isEmpty();
            assertThat(agent.metrics()).contains("\nheliograph_agent_restart_needed 0\n");
        }
    }

    @Test
    void a_file_that_is_changed_is_taken_up_and_one_that_is_wrong_changes_nothing() throws Exception {
        Path file = config(MQTT);
        try (Agent agent = Agent.start(AgentFile.read(file), InstantSource.system());
                Reload reload = new Reload(file)) {
            reload.start(agent);
            Source mqtt = agent.sources().getFirst().source();

            change(MQTT + "coap: [{device: c, uri: nowhere}]\n", 1);
            await(() -> refusal(agent).contains("nowhere"));
            change(MQTT + COAP, 2);
            await(() -> agent.sources().size() == 2);

            change("mqtt: [{url: nonsense}]\n", 3);
            await(() -> refusal(agent).contains("nonsense"));
            assertThat(agent.sources()).hasSize(2);
            change(MQTT, 4);
            await(() -> agent.sources().size() == 1);
            assertThat(agent.sources().getFirst().source()).isSameAs(mqtt);
        }
    }

    @Test
    void an_agent_that_would_not_start_with_the_file_as_it_is_says_so_until_it_would() throws Exception {
        Path file = config(MQTT);
        try (Agent agent = Agent.start(AgentFile.read(file), InstantSource.system());
                Reload reload = new Reload(file)) {
            assertThat(agent.metrics()).contains("\nheliograph_agent_config_refused 0\n");
            reload.start(agent);

            change("mqtt: [{url: nonsense}]\n", 1);
            await(() -> !refusal(agent).isEmpty());
            assertThat(refusal(agent))
                    .contains("would not start")
                    .contains("agent.yaml:5")
                    .contains("nonsense");
            assertThat(agent.metrics()).contains("\nheliograph_agent_config_refused 1\n");
            assertThat(agent.health().isReady()).as("what comes is kept").isTrue();

            change(MQTT, 2);
            await(() -> refusal(agent).isEmpty());
            assertThat(agent.metrics()).contains("\nheliograph_agent_config_refused 0\n");
        }
    }

    private static String refusal(Agent agent) {
        return agent.health().causes().stream()
                .filter(cause -> cause.part().equals("config"))
                .map(Health.Cause::message)
                .collect(Collectors.joining());
    }

    @Test
    void a_file_that_is_being_written_is_not_taken_up_before_it_is_whole_unless_somebody_asks() throws Exception {
        try (Reload reload = new Reload(config(MQTT))) {
            assertThat(reload.isChanged()).isFalse();

            change(MQTT + "coap:\n", 1);
            assertThat(reload.isChanged()).isFalse();
            change(MQTT + COAP, 2);
            assertThat(reload.isChanged()).as("it is another again").isFalse();
            assertThat(reload.isChanged()).as("as it was at the look before").isTrue();
            assertThat(reload.isChanged()).as("it was taken").isFalse();

            change(MORE_MQTT, 3);
            reload.ask();
            assertThat(reload.isChanged()).isTrue();
        }
    }

    @Test
    void a_file_that_waits_for_a_secret_is_looked_at_again_but_not_while_it_is_being_written() throws Exception {
        String waiting = "mqtt: [{url: \"tcp://127.0.0.1:1\", user: u, password: {file: late.password}}]\n";
        Path file = config(MQTT);
        AtomicInteger clients = new AtomicInteger();
        KafkaSection.Check counting = new KafkaSection.Check(_ -> Map.of(), _ -> {
            clients.incrementAndGet();
            return Optional.empty();
        });
        try (Agent agent = Agent.start(AgentFile.read(file), InstantSource.system());
                Reload reload = new Reload(file, counting)) {
            change(waiting, 1);
            assertThat(reload.isDue()).isFalse();
            for (int look = 0; look < 3; look++) {
                assertThat(reload.isDue()).isTrue();
                reload.take(agent);
                assertThat(refusal(agent)).contains("late.password");
            }
            assertThat(clients).as("it is what it was").hasValue(1);

            change(waiting + "coap:\n", 2);
            assertThat(reload.isDue()).isFalse();
            change(waiting + COAP, 3);
            assertThat(reload.isDue()).isFalse();
            assertThat(reload.isDue()).isTrue();
            reload.take(agent);
            assertThat(clients).hasValue(2);

            Files.writeString(folder.resolve("late.password"), "secret");
            assertThat(reload.isDue()).isTrue();
            reload.take(agent);
            assertThat(agent.sources()).hasSize(2);
            assertThat(reload.isDue()).isFalse();
        }
    }

    @Test
    void a_file_that_is_another_for_a_moment_and_then_as_it_was_is_not_taken_up() throws Exception {
        Path file = config(MQTT);
        FileTime then = Files.getLastModifiedTime(file);
        try (Reload reload = new Reload(file)) {
            Files.writeString(file, text(MQTT + COAP));
            assertThat(reload.isChanged()).isFalse();
            Files.writeString(file, text(MQTT));
            Files.setLastModifiedTime(file, then);
            assertThat(reload.isChanged()).isFalse();
            assertThat(reload.isChanged()).isFalse();
        }
    }

    @Test
    void who_asks_while_a_change_is_taken_up_interrupts_nothing_and_is_heard_afterwards() throws Exception {
        CountDownLatch taking = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch takenTwice = new CountDownLatch(2);
        AtomicBoolean interrupted = new AtomicBoolean();
        try (Reload reload = new Reload(config(MQTT))) {
            reload.start(() -> {
                taking.countDown();
                try {
                    asked.await();
                } catch (InterruptedException _) {
                    interrupted.set(true);
                }
                takenTwice.countDown();
            });
            reload.ask();
            assertThat(taking.await(2, TimeUnit.MINUTES)).isTrue();
            reload.ask();
            asked.countDown();

            assertThat(takenTwice.await(2, TimeUnit.MINUTES)).isTrue();
            assertThat(interrupted).isFalse();
        }
    }

    @Test
    void what_is_asked_for_or_changed_before_the_agent_has_started_is_taken_up_afterwards() throws Exception {
        for (boolean asks : new boolean[] {true, false}) {
            CountDownLatch taken = new CountDownLatch(1);
            try (Reload reload = new Reload(config(MQTT))) {
                if (asks) {
                    reload.ask();
                } else {
                    change(MQTT + COAP, 1);
                }
                reload.start(taken::countDown);
                assertThat(taken.await(2, TimeUnit.MINUTES)).isTrue();
            }
        }
    }

    @Test
    void a_sites_model_that_is_changed_is_taken_up_though_the_configuration_is_as_it_was() throws Exception {
        Path site = folder.resolve("site.yaml");
        Files.writeString(site, "site: casa1\n");
        CountDownLatch taken = new CountDownLatch(1);
        try (Reload reload = new Reload(config(MQTT))) {
            reload.watch(site);
            Files.writeString(site, "site: casa1\nzone: Africa/Casablanca\n");
            reload.start(taken::countDown);
            assertThat(taken.await(2, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    void what_a_file_waits_for_is_looked_for_though_another_file_that_was_watched_is_gone() throws Exception {
        Path site = Files.writeString(folder.resolve("site.yaml"), "site: casa1\n");
        Path renamed = folder.resolve("site-2026.yaml");
        Path file = config(MQTT + "silence: {site: site.yaml}\n");
        try (Agent agent = Agent.start(AgentFile.read(file), InstantSource.system());
                Reload reload = new Reload(file)) {
            reload.watch(site);
            change(MQTT + "silence: {site: site-2026.yaml}\n", 1);
            assertThat(reload.isDue()).isFalse();
            assertThat(reload.isDue()).isTrue();
            reload.take(agent);
            assertThat(refusal(agent)).contains("site-2026.yaml");

            Files.move(site, renamed);
            assertThat(reload.isDue()).isTrue();
            reload.take(agent);
            assertThat(refusal(agent)).isEmpty();
        }
    }

    @Test
    void sessions_of_one_broker_have_names_of_their_own_in_the_metrics() throws Exception {
        Path file =
                config("mqtt: [{url: \"tcp://a:1\"}, {url: \"tcp://a:1\", clientId: more}, {url: \"tcp://b:1\"}]\n");
        Counts none = new Counts() {
            @Override
            public long of(String name) {
                return 0;
            }

            @Override
            public void keep(String name, long count) {
                // nothing counts
            }
        };

        assertThat(Sources.plans(
                        AgentFile.read(file),
                        MachineClock.of(InstantSource.system()),
                        none,
                        Names.NONE,
                        () -> Signal.WELL))
                .extracting(Sources.Plan::name)
                .containsExactly("mqtt tcp://a:1 heliograph-edge-1", "mqtt tcp://a:1 more", "mqtt tcp://b:1");
    }

    private Path config(String sources) throws Exception {
        return Files.writeString(folder.resolve("agent.yaml"), text(sources));
    }

    private static String text(String sources) {
        return """
                agent: edge-1
                site: casa1
                kafka: {bootstrap: "127.0.0.1:9", properties: {linger.ms: "7"}}
                journal: {path: j.db}
                """ + sources;
    }

    private void change(String sources, int seconds) throws Exception {
        Path file = folder.resolve("agent.yaml");
        Path next = folder.resolve("next.yaml");
        Files.writeString(next, text(sources));
        Files.setLastModifiedTime(next, FileTime.from(Instant.EPOCH.plusSeconds(seconds)));
        // at once: half a file would be looked at, too
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }
}
