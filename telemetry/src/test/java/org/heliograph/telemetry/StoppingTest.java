package org.heliograph.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StoppingTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    void the_end_of_the_process_interrupts_who_holds_something_and_waits_until_that_is_closed() throws Exception {
        Thread end;
        try (Stopping stopping = Stopping.interruptsThisThread()) {
            Runtime.getRuntime().removeShutdownHook(stopping.hook()); // run here instead
            end = stopping.hook();
            end.start();
            assertThatThrownBy(() -> Thread.sleep(PATIENCE)).isInstanceOf(InterruptedException.class);
            assertThat(end.isAlive()).isTrue();
        }
        assertThat(end.join(PATIENCE)).isTrue();
    }

    @Test
    void it_waits_for_no_longer_than_it_is_told() throws Exception {
        try (Stopping stopping = Stopping.interruptsThisThread(Duration.ZERO)) {
            Runtime.getRuntime().removeShutdownHook(stopping.hook());
            Thread end = stopping.hook();
            end.start();
            assertThatThrownBy(() -> Thread.sleep(PATIENCE)).isInstanceOf(InterruptedException.class);
            assertThat(end.join(PATIENCE)).isTrue();
        }
    }

    @Test
    void who_has_closed_is_not_told_any_more() {
        Stopping stopping = Stopping.interruptsThisThread();
        stopping.close();
        assertThat(Runtime.getRuntime().removeShutdownHook(stopping.hook())).isFalse();
    }
}
