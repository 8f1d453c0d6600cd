package org.heliograph.streams.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;

class PageBoardTest {
    private static final long QUARTER = 900_000;
    private static final long DAY = 86_400_000;
    private static final long NOON = Instant.parse("2026-06-01T12:00:00Z").toEpochMilli();

    private final PageBoard board = new PageBoard();

    @Test
    void keeps_the_last_day_of_windows_and_no_more() {
        for (int i = 0; i < 500; i++) {
            board.accept(quarter(NOON + i * QUARTER).build());
        }

        List<SiteWindow> kept = board.windows("casa1", "15m");

        assertThat(kept).hasSize(97);
        assertThat(kept.getLast().getStartMs()).isEqualTo(NOON + 499 * QUARTER);
        assertThat(kept.getFirst().getStartMs()).isEqualTo(NOON + 499 * QUARTER - DAY);
    }

    @Test
    void a_gap_does_not_make_room_for_windows_older_than_a_day() {
        board.accept(quarter(NOON).build());
        board.accept(quarter(NOON + 3 * DAY).build());

        assertThat(board.windows("casa1", "15m"))
                .extracting(SiteWindow::getStartMs)
                .containsExactly(NOON + 3 * DAY);
        assertThat(board.accept(quarter(NOON + QUARTER).build())).isFalse();
        assertThat(board.windows("casa1", "15m")).hasSize(1);
    }

    @Test
    void windows_out_of_order_are_put_in_order() {
        for (int i : new int[] {3, 0, 4, 1, 2}) {
            board.accept(quarter(NOON + i * QUARTER).build());
        }

        assertThat(board.windows("casa1", "15m"))
                .extracting(SiteWindow::getStartMs)
                .containsExactly(NOON, NOON + QUARTER, NOON + 2 * QUARTER, NOON + 3 * QUARTER, NOON + 4 * QUARTER);
    }

    @Test
    void a_restated_window_takes_the_place_of_the_earlier_one() {
        board.accept(quarter(NOON).setPue(1.4).setRevision(1).build());
        SiteWindow restated = quarter(NOON)
                .setPue(1.3)
                .setRevision(2)
                .setState(WindowState.REVISED)
                .build();

        assertThat(board.accept(restated)).isTrue();
        assertThat(board.windows("casa1", "15m")).containsExactly(restated);
        assertThat(board.quarter("casa1")).contains(restated);
    }

    @Test
    void a_replay_that_counts_revisions_anew_is_believed() {
        board.accept(quarter(NOON).setPue(1.4).setRevision(7).build());
        SiteWindow again = quarter(NOON).setPue(1.3).setRevision(1).build();

        assertThat(board.accept(again)).isTrue();
        assertThat(board.windows("casa1", "15m")).containsExactly(again);
    }

    @Test
    void the_same_statement_again_is_no_change() {
        List<SiteWindow> heard = new ArrayList<>();
        board.watch(new PageBoard.Watcher() {
            @Override
            public void live(SiteLive live) {}

            @Override
            public void window(SiteWindow window) {
                heard.add(window);
            }
        });

        assertThat(board.accept(quarter(NOON).build())).isTrue();
        assertThat(board.accept(quarter(NOON).build())).isFalse();
        assertThat(heard).hasSize(1);
    }

    @Test
    void who_is_told_of_devices_holds_up_nobody_who_asks() {
        AtomicReference<List<String>> answer = new AtomicReference<>();
        board.watch(new PageBoard.Watcher() {
            @Override
            public void live(SiteLive live) {}

            @Override
            public void window(SiteWindow window) {}

            @Override
            public void devices(String site) {
                answer.set(CompletableFuture.supplyAsync(board::sites)
                        .orTimeout(2, TimeUnit.MINUTES)
                        .join());
            }
        });
        board.accept(DeviceMinute.newBuilder()
                .setSite("casa1")
                .setDevice("pv-1")
                .setRole("pv")
                .build());

        board.settle();

        assertThat(answer.get()).containsExactly("casa1");
    }

    @Test
    void the_last_closed_quarter_is_not_the_open_one() {
        board.accept(quarter(NOON).build());
        board.accept(quarter(NOON + QUARTER).setState(WindowState.PROVISIONAL).build());

        assertThat(board.quarter("casa1").map(SiteWindow::getStartMs)).contains(NOON);
    }

    @Test
    void the_current_day_is_the_newest_and_only_yesterday_stays_beside_it() {
        for (int i = 0; i < 5; i++) {
            board.accept(quarter(NOON + i * DAY).setWindow("1d").build());
        }

        assertThat(board.windows("casa1", "1d")).hasSize(2);
        assertThat(board.day("casa1").map(SiteWindow::getStartMs)).contains(NOON + 4 * DAY);
    }

    @Test
    void a_site_whose_model_was_withdrawn_is_none_until_it_has_one_again() throws ConfigurationException {
        SiteModel model = SiteFile.parse(
                "site.yaml", "{site: casa1, zone: UTC, devices: [{id: util-1, profile: utility-meter, role: grid}]}");
        board.accept(quarter(NOON).build());
        board.accept(model);

        board.end("casa1");
        assertThat(board.accept(quarter(NOON + QUARTER).build())).isFalse();
        assertThat(board.accept(live(NOON))).isFalse();
        assertThat(board.sites()).isEmpty();

        board.accept(model);
        assertThat(board.accept(live(NOON))).isTrue();
        assertThat(board.sites()).containsExactly("casa1");
    }

    @Test
    void months_and_years_are_not_for_the_board() {
        assertThat(board.accept(quarter(NOON).setWindow("1mo").build())).isFalse();
        assertThat(board.sites()).isEmpty();
    }

    @Test
    void a_live_state_that_comes_late_does_not_replace_a_newer_one() {
        board.accept(live(NOON + 1_000));

        assertThat(board.accept(live(NOON))).isFalse();
        assertThat(board.live("casa1").map(SiteLive::getTimeMs)).contains(NOON + 1_000);
    }

    @Test
    void a_clock_set_back_does_not_freeze_the_live_state() {
        board.accept(live(NOON + 3_600_000));

        assertThat(board.accept(live(NOON))).isTrue();
        assertThat(board.live("casa1").map(SiteLive::getTimeMs)).contains(NOON);
    }

    /** The sites stop one by one, where one of several engines does. */
    @Test
    void the_age_of_the_figures_is_that_of_the_site_that_is_furthest_behind_and_has_a_model() throws Exception {
        assertThat(board.liveAgeMillis(NOON)).isEmpty();
        for (String site : List.of("casa1", "casa2")) {
            board.accept(SiteFile.parse(
                    "site.yaml",
                    "{site: " + site + ", zone: UTC, devices: [{id: util-1, profile: utility-meter, role: grid}]}"));
        }
        board.accept(live(NOON));
        board.accept(live(NOON - 60_000).toBuilder().setSite("casa2").build());
        board.accept(live(NOON - DAY).toBuilder().setSite("gone").build());

        assertThat(board.liveAgeMillis(NOON + 5_000)).hasValue(65_000);
    }

    @Test
    void that_anybody_judges_is_known_of_this_process_or_by_what_a_rule_has_said() {
        Alert diagnosis = FixtureDay.alert("", "pue-below-one", "warning", "disagree", Instant.ofEpochMilli(NOON));
        board.accept(diagnosis);
        assertThat(board.judged()).as("the engine finds that by itself").isEqualTo(Judged.UNKNOWN);

        Alert leak = FixtureDay.alert("hall-1", "leak", "critical", "water", Instant.ofEpochMilli(NOON));
        board.accept(leak.toBuilder().setState(AlertState.CLEARED).build());
        assertThat(board.judged()).isEqualTo(Judged.YES);

        board.judgedBy(() -> false);
        assertThat(board.judged()).as("whatever was said a year ago").isEqualTo(Judged.NO);
        board.judgedBy(() -> true);
        assertThat(board.judged()).isEqualTo(Judged.YES);
    }

    @Test
    void whether_anybody_judges_is_told_to_those_who_watch_any_site() {
        List<String> told = new ArrayList<>();
        board.watch(new PageBoard.Watcher() {
            @Override
            public void live(SiteLive live) {}

            @Override
            public void window(SiteWindow window) {}

            @Override
            public void alerts(String site) {
                told.add(site + " " + board.judged().label());
            }
        });
        board.accept(live(NOON));
        board.accept(live(NOON).toBuilder().setSite("oujda1").build());
        board.settle();
        assertThat(told).isEmpty();

        Alert leak = FixtureDay.alert("hall-1", "leak", "critical", "water", Instant.ofEpochMilli(NOON));
        board.accept(leak.toBuilder().setState(AlertState.CLEARED).build());
        board.settle();
        board.settle();
        assertThat(told).containsExactly("casa1 yes", "oujda1 yes");

        AtomicBoolean judges = new AtomicBoolean(true);
        board.judgedBy(judges::get);
        board.settle();
        judges.set(false);
        board.settle();
        board.settle();
        assertThat(told).containsExactly("casa1 yes", "oujda1 yes", "casa1 no", "oujda1 no");
    }

    @Test
    void an_alert_stands_from_when_it_is_raised_until_it_is_cleared() {
        Alert leak = FixtureDay.alert("hall-1", "leak", "critical", "water", Instant.ofEpochMilli(NOON));
        Alert high = FixtureDay.alert("", "pue-high", "warning", "high", Instant.ofEpochMilli(NOON + 1));
        board.accept(leak);
        board.accept(high);
        assertThat(board.alerts("casa1")).containsExactly(leak, high);

        board.accept(leak.toBuilder().setState(AlertState.CLEARED).build());
        board.accept(leak.toBuilder().setState(AlertState.CLEARED).build());

        assertThat(board.alerts("casa1")).containsExactly(high);
    }

    @Test
    void the_gravest_alerts_come_first_and_of_those_the_latest() {
        Alert leak = FixtureDay.alert("hall-1", "leak", "critical", "water", Instant.ofEpochMilli(NOON));
        Alert hot = FixtureDay.alert("a1", "inlet-above-allowable", "critical", "hot", Instant.ofEpochMilli(NOON + 1));
        Alert silent = FixtureDay.alert("a2", "device-silent", "warning", "silent", Instant.ofEpochMilli(NOON + 2));
        Alert meters = FixtureDay.alert("", "pue-below-one", "", "disagree", Instant.ofEpochMilli(NOON + 3));
        Alert uneven = FixtureDay.alert("c1", "crac-uneven", "info", "uneven", Instant.ofEpochMilli(NOON + 4));
        List.of(uneven, leak, silent, meters, hot).forEach(board::accept);

        assertThat(board.alerts("casa1")).containsExactly(hot, leak, meters, silent, uneven);
    }

    @Test
    void standing_alerts_are_bounded_and_the_least_grave_make_room() {
        for (int i = 0; i < StandingAlerts.MOST + 10; i++) {
            board.accept(FixtureDay.alert("d-" + i, "device-silent", "warning", "silent", Instant.ofEpochMilli(NOON)));
        }
        assertThat(board.alerts("casa1")).hasSize(StandingAlerts.MOST);

        Alert leak = FixtureDay.alert("hall-1", "leak", "critical", "water", Instant.ofEpochMilli(NOON - 1));
        board.accept(leak);
        board.accept(FixtureDay.alert("c1", "crac-uneven", "info", "uneven", Instant.ofEpochMilli(NOON + 1)));

        assertThat(board.alerts("casa1"))
                .hasSize(StandingAlerts.MOST)
                .startsWith(leak)
                .noneMatch(alert -> alert.getRule().equals("crac-uneven"));
    }

    @Test
    void alerts_that_no_page_had_room_for_are_there_when_the_graver_ones_are_cleared() {
        for (int i = 0; i < StandingAlerts.MOST + 100; i++) {
            board.accept(FixtureDay.alert("d-" + i, "warm", "warning", "warm", Instant.ofEpochMilli(NOON)));
            board.accept(FixtureDay.alert("d-" + i, "hot", "critical", "hot", Instant.ofEpochMilli(NOON)));
        }
        assertThat(board.standing("casa1")).isEqualTo(2 * (StandingAlerts.MOST + 100));
        assertThat(board.alerts("casa1"))
                .hasSize(StandingAlerts.MOST)
                .allMatch(alert -> alert.getRule().equals("hot"));

        for (int i = 0; i < StandingAlerts.MOST + 100; i++) {
            board.accept(
                    FixtureDay.alert("d-" + i, "hot", "critical", "hot", Instant.ofEpochMilli(NOON + 1)).toBuilder()
                            .setState(AlertState.CLEARED)
                            .build());
        }
        assertThat(board.standing("casa1")).isEqualTo(StandingAlerts.MOST + 100);
        assertThat(board.alerts("casa1")).hasSize(StandingAlerts.MOST);
    }

    @Test
    void the_newest_minute_of_a_device_counts_if_its_kind_is_shown() {
        DeviceMinute noon = minute("crac-01", "cooling", NOON);
        board.accept(noon);
        board.accept(minute("crac-01", "cooling", NOON - 60_000));
        board.accept(minute("pdu-a01a", "it", NOON));

        assertThat(board.devices("casa1")).containsExactly(Map.entry("crac-01", noon));
    }

    @Test
    void changed_devices_are_told_of_once_when_the_feed_settles() {
        List<String> told = new ArrayList<>();
        board.watch(new PageBoard.Watcher() {
            @Override
            public void live(SiteLive live) {}

            @Override
            public void window(SiteWindow window) {}

            @Override
            public void devices(String site) {
                told.add(site);
            }
        });
        board.accept(minute("crac-01", "cooling", NOON));
        board.accept(minute("crac-02", "cooling", NOON));
        assertThat(told).isEmpty();

        board.settle();
        board.settle();
        board.accept(minute("crac-02", "cooling", NOON));
        board.settle();

        assertThat(told).containsExactly("casa1");
    }

    private static DeviceMinute minute(String device, String role, long startMs) {
        return DeviceMinute.newBuilder()
                .setSite("casa1")
                .setDevice(device)
                .setRole(role)
                .setStartMs(startMs)
                .build();
    }

    @Test
    void sites_are_kept_apart_and_their_number_is_bounded() {
        for (int i = 0; i < PageBoard.MAX_SITES + 10; i++) {
            board.accept(quarter(NOON).setSite("site-" + i).build());
        }

        assertThat(board.sites()).hasSize(PageBoard.MAX_SITES);
        assertThat(board.leftOut()).isEqualTo(10);
        board.end("site-1");
        board.end("site-257");
        board.accept(quarter(NOON).setSite("site-256").build());
        assertThat(board.leftOut()).as("one is shown now, one is no more").isEqualTo(8);
        assertThat(board.windows("site-3", "15m"))
                .extracting(SiteWindow::getSite)
                .containsExactly("site-3");
        assertThat(board.windows("nowhere", "15m")).isEmpty();
        assertThat(board.live("nowhere")).isEmpty();
        assertThat(board.accept(quarter(NOON).setSite("").build())).isFalse();
    }

    private static SiteWindow.Builder quarter(long startMs) {
        return SiteWindow.newBuilder()
                .setSite("casa1")
                .setWindow("15m")
                .setStartMs(startMs)
                .setEndMs(startMs + QUARTER)
                .setState(WindowState.FINAL);
    }

    private static SiteLive live(long timeMs) {
        return SiteLive.newBuilder().setSite("casa1").setTimeMs(timeMs).build();
    }
}
