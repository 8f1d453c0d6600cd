package org.heliograph.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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
            assertThat(agent.fault().get(2, TimeUnit.MINUTES)).hasMessage("no count");

            assertThat(agent.health().isLive()).isFalse();
            assertThat(agent.health().causes()).extracting(Health.Cause::part).contains("watch");
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
