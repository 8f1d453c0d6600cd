package org.heliograph.telemetry.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeadLetterHeadersTest {
    @Test
    void a_dead_letter_says_why_where_and_which() {
        String source = DeadLetterHeaders.source("hg.telemetry", 3, 17);
        assertThat(DeadLetterHeaders.of("größer als erlaubt", "engine", source))
                .extracting(header -> header.key() + "=" + new String(header.value(), UTF_8))
                .containsExactly("reason=größer als erlaubt", "stage=engine", "source=hg.telemetry-3@17");
    }
}
