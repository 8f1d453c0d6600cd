package org.heliograph.streams.topology.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
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
import org.heliograph.streams.topology.state.ParsedSites;
import org.heliograph.streams.topology.state.SiteModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class WindowsTest {
    private static final String SITE = "casa1";
    private static final ZoneId ZONE = ZoneId.of("Africa/Casablanca");
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final WindowKey QUARTER = new WindowKey(SITE, Window.QUARTER, NOON);

    private final KeyValueStore<Bytes, byte[]> store =
            Stores.inMemoryKeyValueStore("windows").get();
    private final KeyValueStore<Bytes, byte[]> openStore =
            Stores.inMemoryKeyValueStore("open").get();
    private final PastHours hours =
            new PastHours(Stores.inMemoryKeyValueStore("past").get());
    private final SiteModels sites = sites();
    private WindowStore kept = new WindowStore(store, openStore);
    private Windows windows = new Windows(kept, hours);

    /** What a new instance reads from the stores that the one before left. */
    private void restart() {
        kept = new WindowStore(store, openStore);
        windows = new Windows(kept, hours);
    }

    @Test
    void minutes_that_changed_are_added_up_together() {
        update(0, 5);
        update(1, 7);
        assertThat(kept.get(QUARTER)).isEmpty();
        windows.addUp(sites);
        assertThat(imported()).isEqualTo(12);
    }

    @Test
    void a_minute_that_changed_before_a_start_is_added_up_after_it() {
        update(0, 5);
        restart();
        windows.addUp(sites);
        assertThat(imported()).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource(Cause.class)
    void what_a_minute_that_changed_before_a_start_restates_after_it_names_the_same_cause(Cause cause) {
        update(0, 5);
        windows.addUp(sites);
        close();
        update(0, 6, cause);
        restart();
        windows.addUp(sites);

        assertThat(imported()).isEqualTo(6);
        assertThat(kept.touched())
                .extracting(window -> window.stored().getCause())
                .hasSize(5)
                .containsOnly(cause.label());
    }

    /** Who is told of a factor takes nothing but the CO2 for changed. */
    @Test
    void what_a_factor_and_late_readings_restate_together_names_the_readings_whichever_came_first() {
        for (List<Cause> causes :
                List.of(List.of(Cause.FACTOR, Cause.LATE_DATA), List.of(Cause.LATE_DATA, Cause.FACTOR))) {
            update(0, 5);
            windows.addUp(sites);
            close();
            kept.touched();
            update(0, 6, causes.getFirst());
            windows.addUp(sites);
            update(0, 7, causes.getLast());
            windows.addUp(sites);

            assertThat(kept.touched())
                    .hasSize(6)
                    .allSatisfy(window -> assertThat(window.stored().getCause())
                            .as("%s", window.key())
                            .isEqualTo(Cause.LATE_DATA.label()));
        }
    }

    @Test
    void a_month_waits_from_when_a_factor_changes_one_of_its_days_until_it_is_added_up() {
        WindowKey day = QUARTER.within(Window.DAY, ZONE);
        WindowKey month = QUARTER.within(Window.MONTH, ZONE);
        update(0, 5);
        windows.addUp(sites);
        KeptWindow before = kept.get(day).orElseThrow();
        windows.restateDay(before, before.content(), month, new WindowChange(Cause.FACTOR, 1));
        assertThat(windows.waitingMonths().areAnyOf(SITE))
                .as("it has the same CO2")
                .isFalse();

        long[] sums = before.sums().toArray();
        sums[Sum.CO2_LOCATION.index()] = 7;
        WindowContent priced = new WindowContent(Sums.of(sums), FactorsUsed.NONE, Branches.NONE);
        windows.restateDay(before, priced, month, new WindowChange(Cause.FACTOR, 1));
        assertThat(windows.waitingMonths().areAnyOf(SITE)).isTrue();
        assertThat(windows.waitingMonths().areAnyOf("another")).isFalse();

        windows.addUpCarbon(month, ZONE, new WindowChange(Cause.FACTOR, 2));
        assertThat(windows.waitingMonths().areAnyOf(SITE)).isFalse();
        assertThat(kept.get(month).orElseThrow().sums().get(Sum.CO2_LOCATION)).isEqualTo(7);
    }

    @Test
    void only_what_has_changed_is_touched() {
        update(0, 5);
        windows.addUp(sites);
        assertThat(kept.touched())
                .extracting(window -> window.key().window())
                .containsExactlyInAnyOrder(
                        Window.MINUTE, Window.QUARTER, Window.HOUR, Window.DAY, Window.MONTH, Window.YEAR);
        assertThat(kept.touched()).isEmpty();
        update(0, 5);
        windows.addUp(sites);
        assertThat(kept.touched()).isEmpty();
        assertThat(kept.open()).hasSize(6);
    }

    /** A clock that was days ahead for a moment has them deleted, or readings come that are much too old. */
    @Test
    void what_lacks_deleted_parts_stays_as_it_was_also_after_a_start() {
        for (int minute = 0; minute < 20; minute++) {
            update(minute, 5);
        }
        windows.addUp(sites);
        close();
        assertThat(kept.takeHour(SITE, NOON)).hasSize(20 + 2 + 1);
        assertThat(kept.get(QUARTER)).isEmpty();

        restart();
        update(3, 7);
        update(40, 7);
        update(60, 7);
        windows.addUp(sites);

        WindowKey day = QUARTER.within(Window.DAY, ZONE);
        assertThat(kept.get(QUARTER)).isEmpty();
        assertThat(kept.get(day).orElseThrow().sums().get(Sum.IMPORT)).isEqualTo(20 * 5);
        assertThat(kept.get(new WindowKey(SITE, Window.QUARTER, NOON.plusSeconds(1_800))))
                .as("its hour is past")
                .isEmpty();
        assertThat(kept.get(new WindowKey(SITE, Window.HOUR, NOON.plusSeconds(3_600))))
                .as("all of its minutes are still to come")
                .isPresent();
    }

    @Test
    void an_hour_stays_as_long_as_one_of_its_windows_is_to_be_published() {
        update(0, 5);
        update(1, 5);
        windows.addUp(sites);
        close();
        update(1, 7);
        assertThat(kept.takeHour(SITE, NOON)).isEmpty();
        windows.addUp(sites);
        assertThat(kept.takeHour(SITE, NOON)).isEmpty();
        assertThat(imported()).isEqualTo(12);
        close();
        assertThat(kept.takeHour(SITE, NOON)).hasSize(4);
    }

    /** A minute of the night that closes changes as of the moment at which something came last. */
    @Test
    void a_window_is_quiet_since_its_latest_change_in_whatever_order_changes_are_told() {
        long laterMillis = NOON.plusSeconds(130).toEpochMilli();
        update(1, 5, new WindowChange(Cause.LATE_DATA, laterMillis));
        windows.addUp(sites);
        update(0, 7, new WindowChange(Cause.LATE_DATA, NOON.plusSeconds(70).toEpochMilli()));
        windows.addUp(sites);

        assertThat(imported()).isEqualTo(12);
        assertThat(kept.get(QUARTER).orElseThrow().stored().getChangedMs()).isEqualTo(laterMillis);
    }

    @Test
    void of_a_site_without_a_model_nothing_is_left_open() {
        update(0, 5);
        windows.addUp(sites);
        kept.purgeAbandoned(SITE, NOON.plus(Duration.ofDays(5)), NOON.plus(Duration.ofDays(400)));

        assertThat(kept.open()).isEmpty();
        restart();
        assertThat(kept.open()).isEmpty();
    }

    private void close() {
        kept.open()
                .forEach(window ->
                        kept.put(window.with(window.lifecycle().closed()).published()));
    }

    private void update(int minute, long millijoules) {
        update(minute, millijoules, Cause.LATE_DATA);
    }

    private void update(int minute, long millijoules, Cause cause) {
        update(minute, millijoules, new WindowChange(cause, NOON.toEpochMilli()));
    }

    private void update(int minute, long millijoules, WindowChange change) {
        long[] sums = new long[Sum.values().length];
        sums[List.of(Sum.values()).indexOf(Sum.IMPORT)] = millijoules;
        windows.update(
                new WindowKey(SITE, Window.MINUTE, NOON.plusSeconds(60L * minute)),
                new WindowContent(Sums.of(sums), FactorsUsed.NONE, Branches.NONE),
                change);
    }

    private long imported() {
        return kept.get(QUARTER).orElseThrow().sums().get(Sum.IMPORT);
    }

    private static SiteModels sites() {
        SiteTexts models = new SiteTexts();
        models.put(SITE, """
                site: casa1
                zone: Africa/Casablanca
                devices: [{id: util-1, profile: utility-meter, role: grid}]
                """);
        return new SiteModels(models, new ParsedSites());
    }
}
