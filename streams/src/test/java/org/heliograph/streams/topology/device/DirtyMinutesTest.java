package org.heliograph.streams.topology.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.telemetry.wire.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        dirty.forget(
                NOON + Duration.ofDays(3).toMillis(), NOON + Duration.ofDays(5).toMillis());
        dirty.write();
        DirtyMinutes started = new DirtyMinutes(store, 0, 0, NOON);
        assertThat(started.forgottenMillis()).isEqualTo(NOON);
        assertThat(started.lastForgotMillis()).isEqualTo(NOON);
    }

    /** After a reset that takes ten days again minutes are kept for as long. */
    @ParameterizedTest
    @CsvSource({"60, false", "167, false", "169, true"})
    void an_absence_begins_when_minutes_were_forgotten_last_however_old_they_were(int hours, boolean isTooLong) {
        store.init(new MockProcessorContext<String, byte[]>().getStateStoreContext(), store);
        DirtyMinutes dirty = new DirtyMinutes(store, 0, 0, NOON);
        dirty.forget(NOON - Duration.ofDays(10).toMillis(), NOON);
        dirty.write();

        long nowMillis = NOON + Duration.ofHours(hours).toMillis();
        DirtyMinutes started = new DirtyMinutes(store, 0, 0, nowMillis);
        EngineSettings settings = EngineSettings.of(Topics.DEFAULT).catchingUp(Map.of(0, 7L));
        Absence absence = new Absence(settings, 0, started, nowMillis);
        assertThat(absence.isOver()).isEqualTo(isTooLong);
        assertThat(absence.lateByMillis(6, nowMillis)).isEqualTo(isTooLong ? nowMillis : NOON);
    }
}
