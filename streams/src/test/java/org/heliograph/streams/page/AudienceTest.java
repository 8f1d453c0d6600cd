package org.heliograph.streams.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AudienceTest {
    private final Audience audience = new Audience(new PageBoard(), InstantSource.system());

    @Test
    void when_a_thousand_listen_nobody_is_let_in_until_one_leaves() {
        List<Mailbox> listeners = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            listeners.add(audience.join("casa1").orElseThrow());
        }
        assertThat(audience.join("casa1")).isEmpty();
        assertThat(audience.join("casa2"))
                .as("all sites have the places together")
                .isEmpty();

        Mailbox first = listeners.getFirst();
        audience.leave(first);
        audience.leave(first); // says so twice, and leaves one place all the same

        Optional<Mailbox> next = audience.join("casa1");
        assertThat(next).isPresent();
        assertThat(audience.join("casa1")).isEmpty();
        assertThat(audience.size()).isEqualTo(1_000);
    }
}
