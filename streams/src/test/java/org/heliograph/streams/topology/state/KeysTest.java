package org.heliograph.streams.topology.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.heliograph.streams.rollup.Window;
import org.heliograph.telemetry.reading.Point;
import org.junit.jupiter.api.Test;

class KeysTest {
    private static final long MINUTE_MILLIS = 1_750_000_020_000L;
    private static final String MINUTE = "0000019774212a20";

    /** The stores of a running engine are full of them. */
    @Test
    void a_key_is_what_it_was() {
        assertThat(hex(Keys.deviceMinute("s/d", MINUTE_MILLIS))).isEqualTo("732f6400" + MINUTE);
        assertThat(hex(Keys.siteMinute("s", MINUTE_MILLIS))).isEqualTo("7300" + MINUTE);
        assertThat(hex(Keys.share("s", MINUTE_MILLIS, 7))).isEqualTo("7300" + MINUTE + "00000007");
        assertThat(hex(Keys.alert("s", "d", "r"))).isEqualTo("7300640072");
        assertThat(hex(Keys.afterSite("s"))).isEqualTo("7301");
        assertThat(hex(Keys.window("s", Window.QUARTER, MINUTE_MILLIS))).isEqualTo("730002" + MINUTE);
        assertThat(hex(Keys.restatement("f", MINUTE_MILLIS, MINUTE_MILLIS))).isEqualTo("6600" + MINUTE + MINUTE);
        assertThat(hex(Keys.awaited("s"))).isEqualTo("0073");
        assertThat(Keys.register("s/d", Point.ENERGY_IMPORT)).isEqualTo("s/d/energy_import");
    }

    @Test
    void a_key_gives_back_what_it_was_made_of() {
        Bytes minute = Keys.deviceMinute("größer/d", MINUTE_MILLIS);
        assertThat(Keys.name(minute)).isEqualTo("größer/d");
        assertThat(Keys.minuteMillis(minute)).isEqualTo(MINUTE_MILLIS);
        Bytes window = Keys.window("größer", Window.DAY, MINUTE_MILLIS);
        assertThat(Keys.name(window)).isEqualTo("größer");
        assertThat(Keys.window(window)).isEqualTo(Window.DAY);
        assertThat(Keys.windowStartMillis(window)).isEqualTo(MINUTE_MILLIS);
    }

    @Test
    void the_order_of_bytes_is_that_of_sites_and_then_of_time() {
        assertThat(List.of(
                        Keys.siteMinute("a", 0),
                        Keys.share("a", 0, 1),
                        Keys.siteMinute("a", 60_000),
                        Keys.siteMinute("a", MINUTE_MILLIS),
                        Keys.afterSite("a"),
                        Keys.siteMinute("ab", 0)))
                .isSorted();
    }

    private static String hex(Bytes key) {
        return HexFormat.of().formatHex(key.get());
    }
}
