package org.heliograph.streams.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DeviceSetTest {
    private static DeviceSet set(String... devices) {
        return Arrays.stream(devices).map(DeviceSet::of).reduce(DeviceSet.NONE, DeviceSet::plus);
    }

    @Test
    void it_is_the_same_in_any_order_and_however_it_is_parted() {
        DeviceSet all = set("pdu-1", "pdu-2", "pdu-3", "pdu-4");
        assertThat(set("pdu-4", "pdu-2", "pdu-3", "pdu-1")).isEqualTo(all);
        assertThat(set("pdu-1", "pdu-4").plus(set("pdu-3")).plus(DeviceSet.NONE).plus(set("pdu-2")))
                .isEqualTo(all);
        assertThat(all.count()).isEqualTo(4);
    }

    @Test
    void only_the_expected_devices_cover_all_and_not_as_many_others() {
        DeviceSet expected = set("pdu-1", "pdu-2", "pdu-3");
        assertThat(set("pdu-3", "pdu-2", "pdu-1").coversAll(expected)).isTrue();
        assertThat(set("pdu-1", "pdu-2").coversAll(expected)).isFalse();
        assertThat(set("pdu-1", "pdu-2", "pdu-4").coversAll(expected)).isFalse();
        assertThat(set("pdu-1", "pdu-2", "pdu-3", "pdu-4").coversAll(expected)).isFalse();
        assertThat(DeviceSet.NONE.coversAll(expected)).isFalse();
        assertThat(set("pdu-1").coversAll(DeviceSet.NONE)).as("none is missing").isTrue();
    }

    @Test
    void where_nobody_said_which_they_are_their_number_counts() {
        DeviceSet expected = set("pdu-1", "pdu-2");
        assertThat(DeviceSet.unnamed(2).coversAll(expected)).isTrue();
        assertThat(DeviceSet.unnamed(1).coversAll(expected)).isFalse();
        assertThat(DeviceSet.unnamed(1).plus(set("pdu-9")).coversAll(expected)).isTrue();
        assertThat(set("pdu-9").plus(DeviceSet.unnamed(1)).plus(DeviceSet.NONE)).isEqualTo(DeviceSet.unnamed(2));
    }

    /** What is stored was added up by an earlier build, and is compared with what this one expects. */
    @Test
    void a_devices_fingerprint_stays_what_it_is() {
        assertThat(DeviceSet.of("pdu-a07b").print()).isEqualTo(0xe83ffeb26013e52fL);
    }
}
