package org.heliograph.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StallTest {
    private final AtomicLong nanos = new AtomicLong();
    private final Stall stall = new Stall(nanos::get);

    @Test
    void a_disk_is_silent_by_the_time_since_its_last_answer() {
        stall.begin();
        pass(Stall.ANSWER_WITHIN);
        stall.goOn();
        pass(Stall.ANSWER_WITHIN);
        assertThat(stall.reason()).isEmpty();

        pass(Duration.ofSeconds(1));
        assertThat(stall.reason()).contains("the disk hasn't answered for 11 s");
    }

    @Test
    void one_of_which_nothing_is_asked_is_not_silent() {
        stall.begin();
        stall.goOn();
        stall.end();
        pass(Stall.GIVE_UP_AFTER.plusSeconds(1));
        assertThat(stall.isStalled()).isFalse();
        assertThat(stall.isHopeless()).isFalse();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
