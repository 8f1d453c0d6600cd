package org.heliograph.streams.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MailboxTest {
    private static final Duration AT_ONCE = Duration.ZERO;

    private final Mailbox mailbox = new Mailbox("casa1");

    @Test
    void the_live_state_goes_before_what_can_wait() throws InterruptedException {
        mailbox.offer("hall", "a");
        mailbox.offer("alerts", "b");
        mailbox.offer(Mailbox.LIVE, "c");

        assertThat(mailbox.take(AT_ONCE)).contains("c");
        assertThat(mailbox.take(AT_ONCE)).contains("a");
        assertThat(mailbox.take(AT_ONCE)).contains("b");
    }

    @Test
    void events_come_in_their_order() throws InterruptedException {
        mailbox.offer("live", "a");
        mailbox.offer("15m/0", "b");

        assertThat(mailbox.take(AT_ONCE)).contains("a");
        assertThat(mailbox.take(AT_ONCE)).contains("b");
        assertThat(mailbox.take(AT_ONCE)).isEmpty();
    }

    @Test
    void a_slow_reader_gets_the_newest_about_each_thing() throws InterruptedException {
        for (int i = 0; i < 10_000; i++) {
            mailbox.offer("live", "live " + i);
        }

        assertThat(mailbox.take(AT_ONCE)).contains("live 9999");
        assertThat(mailbox.take(AT_ONCE)).isEmpty();
    }

    @Test
    void too_many_things_drop_the_oldest_and_say_so_first() throws InterruptedException {
        for (int i = 0; i < Mailbox.CAPACITY + 3; i++) {
            mailbox.offer("15m/" + i, "window " + i);
        }

        assertThat(mailbox.take(AT_ONCE)).contains(Mailbox.RESYNC);
        assertThat(mailbox.take(AT_ONCE)).contains("window 3");
        int left = 0;
        while (mailbox.take(AT_ONCE).isPresent()) {
            left++;
        }
        assertThat(left).isEqualTo(Mailbox.CAPACITY - 1);
    }

    @Test
    void closing_wakes_the_reader() throws Exception {
        CompletableFuture<Optional<String>> taken = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                taken.complete(mailbox.take(Duration.ofMinutes(5)));
            } catch (InterruptedException e) {
                taken.completeExceptionally(e);
            }
        });

        mailbox.close();

        assertThat(taken.get(2, TimeUnit.MINUTES)).isEmpty();
        assertThat(mailbox.isClosed()).isTrue();
    }
}
