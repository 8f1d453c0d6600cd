package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class WakingTest {
    @Test
    void who_would_sleep_for_an_hour_to_see_whether_another_runs_sees_it_at_once() throws InterruptedException {
        CountDownLatch runs = new CountDownLatch(1);
        Thread connecting = Thread.ofPlatform().daemon().start(() -> {
            while (runs.getCount() > 0) {
                try {
                    Thread.sleep(Duration.ofHours(1));
                } catch (InterruptedException _) {
                    // as Paho does
                }
            }
        });

        Waking.start(connecting);
        runs.countDown();

        assertThat(connecting.join(Duration.ofMinutes(2))).isTrue();
    }
}
