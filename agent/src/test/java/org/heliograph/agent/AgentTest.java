package org.heliograph.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.AgentFile;
import org.heliograph.agent.health.Health;
import org.heliograph.agent.intake.time.Machine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without any of the servers: everything is waited for. */
class AgentTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void an_agent_that_nobody_watches_any_more_is_broken_and_says_so() throws Exception {
        try (Agent agent = Agent.start(config(), new Failing())) {
            assertThat(agent.death().get(2, TimeUnit.MINUTES)).hasMessage("no count");

            assertThat(agent.health().isLive()).isFalse();
            assertThat(agent.health().causes()).extracting(Health.Cause::part).contains("watch");
        }
    }

    @Test
    void a_broker_that_is_not_reached_is_named_with_the_reason_and_the_agent_is_ready_all_the_same() throws Exception {
        try (Agent agent = Agent.start(config(), InstantSource.system())) {
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
            while (agent.health().causes().stream()
                    .noneMatch(
                            cause -> cause.message().matches("mqtt tcp://127.0.0.1:1: not connected: .*refused.*"))) {
                assertThat(System.nanoTime())
                        .as(agent.health().causes().toString())
                        .isLessThan(deadline);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            assertThat(agent.health().isReady()).isTrue();
            assertThat(agent.metrics())
                    .contains("heliograph_agent_source_connected{source=\"mqtt tcp://127.0.0.1:1\"} 0\n")
                    .contains("heliograph_agent_source_denials{source=\"mqtt tcp://127.0.0.1:1\"} 0\n");
        }
    }

    private AgentConfig config() throws Exception {
        return AgentFile.read(Files.writeString(folder.resolve("agent.yaml"), """
                agent: edge-1
                site: casa1
                kafka: {bootstrap: "127.0.0.1:9"}
                journal: {path: j.db}
                mqtt: [{url: "tcp://127.0.0.1:1"}]
                """));
    }

    /** A machine that tells the time to everybody but to the thread that looks for silent devices. */
    private static final class Failing implements Machine {
        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public long upMillis() {
            if (Thread.currentThread().getName().equals("watch")) {
                throw new IllegalStateException("no count");
            }
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        }

        @Override
        public String start() {
            return "start-1";
        }

        @Override
        public Sync sync() {
            return Sync.YES;
        }
    }
}
