package org.heliograph.streams.topology.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.heliograph.streams.indicator.Branches;
import org.heliograph.streams.indicator.FactorsUsed;
import org.heliograph.streams.indicator.Sum;
import org.heliograph.streams.indicator.Sums;
import org.heliograph.streams.rollup.Cause;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.streams.topology.SiteTexts;
import org.heliograph.streams.topology.state.SiteModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class WindowsTest {
    private static final String SITE = "casa1";
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final WindowKey QUARTER = new WindowKey(SITE, Window.QUARTER, NOON);

    private final KeyValueStore<Bytes, byte[]> store =
            Stores.inMemoryKeyValueStore("windows").get();
    private final KeyValueStore<Bytes, byte[]> openStore =
            Stores.inMemoryKeyValueStore("open").get();
    private final SiteModels sites = sites();

    @Test
    void minutes_that_changed_are_added_up_together() {
        Windows windows = new Windows(store, openStore);
        update(windows, 0, 5);
        update(windows, 1, 7);
        assertThat(windows.get(QUARTER)).isEmpty();
        windows.addUp(sites);
        assertThat(imported(windows)).isEqualTo(12);
    }

    @Test
    void a_minute_that_changed_before_a_start_is_added_up_after_it() {
        update(new Windows(store, openStore), 0, 5);
        Windows started = new Windows(store, openStore);
        started.addUp(sites);
        assertThat(imported(started)).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource(Cause.class)
    void what_a_minute_that_changed_before_a_start_restates_after_it_names_the_same_cause(Cause cause) {
        Windows windows = new Windows(store, openStore);
        update(windows, 0, 5);
        windows.addUp(sites);
        close(windows);
        update(windows, 0, 6, cause);
        Windows started = new Windows(store, openStore);
        started.addUp(sites);

        assertThat(imported(started)).isEqualTo(6);
        assertThat(started.touched())
                .extracting(kept -> kept.stored().getCause())
                .hasSize(5)
                .containsOnly(cause.label());
    }

    @Test
    void only_what_has_changed_is_touched() {
        Windows windows = new Windows(store, openStore);
        update(windows, 0, 5);
        windows.addUp(sites);
        assertThat(windows.touched())
                .extracting(kept -> kept.key().window())
                .containsExactlyInAnyOrder(
                        Window.MINUTE, Window.QUARTER, Window.HOUR, Window.DAY, Window.MONTH, Window.YEAR);
        assertThat(windows.touched()).isEmpty();
        update(windows, 0, 5);
        windows.addUp(sites);
        assertThat(windows.touched()).isEmpty();
        assertThat(windows.open()).hasSize(6);
    }

    /** A clock that was days ahead for a moment has them deleted, or readings come that are much too old. */
    @Test
    void what_lacks_deleted_parts_stays_as_it_was_also_after_a_start() {
        Windows windows = new Windows(store, openStore);
        for (int minute = 0; minute < 20; minute++) {
            update(windows, minute, 5);
        }
        windows.addUp(sites);
        close(windows);
        assertThat(windows.takeHour(SITE, NOON)).hasSize(20 + 2 + 1);
        assertThat(windows.get(QUARTER)).isEmpty();

        Windows started = new Windows(store, openStore);
        update(started, 3, 7);
        update(started, 40, 7);
        update(started, 60, 7);
        started.addUp(sites);

        WindowKey day = QUARTER.within(Window.DAY, ZoneId.of("Africa/Casablanca"));
        assertThat(started.get(QUARTER)).isEmpty();
        assertThat(started.get(day).orElseThrow().sums().get(Sum.IMPORT)).isEqualTo(20 * 5);
        assertThat(started.get(new WindowKey(SITE, Window.QUARTER, NOON.plusSeconds(1_800))))
                .as("its hour is past")
                .isEmpty();
        assertThat(started.get(new WindowKey(SITE, Window.HOUR, NOON.plusSeconds(3_600))))
                .as("all of its minutes are still to come")
                .isPresent();
    }

    @Test
    void an_hour_stays_as_long_as_one_of_its_windows_is_to_be_published() {
        Windows windows = new Windows(store, openStore);
        update(windows, 0, 5);
        update(windows, 1, 5);
        windows.addUp(sites);
        close(windows);
        update(windows, 1, 7);
        assertThat(windows.takeHour(SITE, NOON)).isEmpty();
        windows.addUp(sites);
        assertThat(windows.takeHour(SITE, NOON)).isEmpty();
        assertThat(imported(windows)).isEqualTo(12);
        close(windows);
        assertThat(windows.takeHour(SITE, NOON)).hasSize(4);
    }

    @Test
    void of_a_site_without_a_model_nothing_is_left_open() {
        Windows windows = new Windows(store, openStore);
        update(windows, 0, 5);
        windows.addUp(sites);
        windows.purgeAbandoned(SITE, NOON.plus(Duration.ofDays(5)), NOON.plus(Duration.ofDays(400)));

        assertThat(windows.open()).isEmpty();
        assertThat(new Windows(store, openStore).open()).isEmpty();
    }

    private static void close(Windows windows) {
        windows.open()
                .forEach(kept -> windows.put(new Windows.Kept(
                        kept.key(),
                        kept.with(kept.lifecycle().closed()).stored().toBuilder()
                                .setUnpublished(false)
                                .build())));
    }

    private static void update(Windows windows, int minute, long millijoules) {
        update(windows, minute, millijoules, Cause.LATE_DATA);
    }

    private static void update(Windows windows, int minute, long millijoules, Cause cause) {
        long[] sums = new long[Sum.values().length];
        sums[List.of(Sum.values()).indexOf(Sum.IMPORT)] = millijoules;
        windows.update(
                new WindowKey(SITE, Window.MINUTE, NOON.plusSeconds(60L * minute)),
                new Windows.Content(Sums.of(sums), FactorsUsed.NONE, Branches.NONE),
                new Windows.Change(cause, NOON.toEpochMilli()));
    }

    private static long imported(Windows windows) {
        return windows.get(QUARTER).orElseThrow().sums().get(Sum.IMPORT);
    }

    private static SiteModels sites() {
        SiteTexts models = new SiteTexts();
        models.put(SITE, """
                site: casa1
                zone: Africa/Casablanca
                devices: [{id: util-1, profile: utility-meter, role: grid}]
                """);
        return new SiteModels(models, new AtomicLong());
    }
}
