package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DenialsTest {
    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({"PT1H, 3600, 0", "PT1H, 3599, 1", "PT1H0.5S, 3600, 0"})
    void a_session_that_is_kept_for_the_seconds_that_were_asked_for_is_no_lesser_one(
            String expiry, long keptSeconds, int denials) throws Exception {
        Denials denied = new Denials(BrokerEntry.of(folder, "sessionExpiry: " + expiry));
        denied.accepted(new Link.Accepted(false, Optional.of(Duration.ofSeconds(keptSeconds))));
        assertThat(denied.sentences()).hasSize(denials);
    }
}
