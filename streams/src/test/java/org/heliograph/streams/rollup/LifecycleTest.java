package org.heliograph.streams.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LifecycleTest {
    @Test
    void a_window_grows_closes_and_is_restated() {
        Lifecycle open = new Lifecycle.Provisional();
        assertThat(open.changed()).isEqualTo(open);
        Lifecycle closed = open.closed();
        assertThat(closed).isEqualTo(new Lifecycle.Final());
        assertThat(closed.closed()).isEqualTo(closed);
        Lifecycle restated = closed.changed();
        assertThat(restated).isEqualTo(new Lifecycle.Revised(1));
        assertThat(restated.changed().revision()).isEqualTo(2);
        assertThat(restated.closed()).isEqualTo(restated);
    }
}
