package org.heliograph.streams.topology.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

class DirtyMinutesTest {
    private static final long NOON = Instant.parse("2026-06-15T12:00:00Z").toEpochMilli();

    private final KeyValueStore<String, byte[]> store = Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore("dirty"), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled()
            .build();

    @Test
    void what_was_forgotten_by_a_clock_that_was_ahead_is_forgotten_up_to_now_only() {
        store.init(new MockProcessorContext<String, byte[]>().getStateStoreContext(), store);
        DirtyMinutes dirty = new DirtyMinutes(store, 0, 0, NOON);
        dirty.forget(NOON + Duration.ofDays(3).toMillis());
        dirty.write();
        assertThat(new DirtyMinutes(store, 0, 0, NOON).forgottenMillis()).isEqualTo(NOON);
    }
}
