package org.heliograph.streams.topology.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.factor.IntensityPoint;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.streams.topology.SiteTexts;
import org.heliograph.streams.topology.state.Deadline;
import org.heliograph.streams.topology.state.FactorStore;
import org.heliograph.streams.topology.state.ParsedSites;
import org.heliograph.streams.topology.state.SiteModels;
import org.heliograph.streams.topology.state.v1.FactorNews;
import org.heliograph.streams.topology.state.v1.MinuteShare;
import org.heliograph.telemetry.site.SiteModel;
import org.junit.jupiter.api.Test;

/** What a change of a factor leaves to be done, and that a crash forgets none of it. */
class RestatementsTest {
    private static final long MINUTE_MILLIS = 60_000;
    private static final long START_MILLIS =
            Instant.parse("2026-06-15T12:00:00Z").toEpochMilli();
    private static final WindowStore NO_WINDOWS = new WindowStore(
            Stores.inMemoryKeyValueStore("c").get(),
            Stores.inMemoryKeyValueStore("d").get());
    private static final Deadline NEVER = () -> false;

    private final KeyValueStore<Bytes, byte[]> store =
            Stores.inMemoryKeyValueStore("a").get();
    private final KeyValueStore<Bytes, byte[]> shares =
            Stores.inMemoryKeyValueStore("b").get();
    private final SiteTexts models = new SiteTexts();
    private final List<String> restated = new ArrayList<>();

    private final WaitingMonths waitingMonths = new WaitingMonths();
    private final PastHours hours =
            new PastHours(Stores.inMemoryKeyValueStore("f").get());

    /** What a new instance reads from the stores that the one before left. */
    private Restatements restarted() {
        return new Restatements(store, hours.choices());
    }

    private SiteStores stores(SiteShares siteShares, WindowStore windows) {
        return new SiteStores(
                new SiteModels(models, new ParsedSites()),
                siteShares,
                new FactorStore(Stores.inMemoryKeyValueStore("e").get(), Factors.SHIPPED),
                windows,
                hours,
                Map.of());
    }

    private PendingDays days(Restatements restatements, WindowStore windows) {
        return new PendingDays(restatements, stores(new SiteShares(shares), windows), waitingMonths);
    }

    private void site(String name, String average, int minutes) {
        models.put(name, """
                site: %s
                zone: UTC
                factors: {average: %s}
                devices: [{id: util-1, profile: utility-meter, role: grid}]
                """.formatted(name, average));
        SiteShares siteShares = new SiteShares(shares);
        for (int minute = 0; minute < minutes; minute++) {
            for (int partition = 0; partition < 3; partition++) {
                siteShares.put(
                        name,
                        MinuteShare.newBuilder()
                                .setMinuteMs(START_MILLIS + minute * MINUTE_MILLIS)
                                .setPartition(partition)
                                .build());
            }
        }
    }

    private void work(Restatements restatements, long keptSinceMillis, Deadline deadline) {
        work(restatements, new SiteShares(shares), keptSinceMillis, deadline);
    }

    private void work(Restatements restatements, SiteShares siteShares, long keptSinceMillis, Deadline deadline) {
        PendingMinutes minutes = new PendingMinutes(restatements, stores(siteShares, NO_WINDOWS));
        PendingMinutes.Restating restating =
                (site, _, minute) -> restated.add(site + "+" + (minute - START_MILLIS) / MINUTE_MILLIS);
        minutes.workAwaited(keptSinceMillis, deadline, restating);
        if (!minutes.workChanged(keptSinceMillis, deadline, restating)) { // else at the next call
            days(restatements, NO_WINDOWS).work(deadline, (_, _, _) -> new PendingDays.Restated.All());
        }
    }

    @Test
    void work_goes_on_after_a_crash_where_it_was_and_is_done_once() {
        site("a", "f", 2);
        site("ab", "f", 3);
        site("b", "other", 5);
        site("c", "[electricitymaps-MA, f]", 1);
        restarted().mark(new FactorStore.Change("f", 0, Long.MAX_VALUE));
        for (int i = 0; i < 5; i++) {
            work(restarted(), 0, () -> true); // one minute, and there is no time for more
        }
        assertThat(restated).containsExactly("a+0", "a+1", "ab+0", "ab+1", "ab+2");
        work(restarted(), 0, NEVER);
        work(restarted(), 0, NEVER);
        assertThat(restated).containsExactly("a+0", "a+1", "ab+0", "ab+1", "ab+2", "c+0");
        assertThat(store.approximateNumEntries()).isZero();
    }

    @Test
    void what_a_site_without_a_model_leaves_waits_for_it_over_a_crash_and_holds_nobody_up() {
        site("a", "f", 2);
        site("b", "f", 4);
        site("c", "f", 1);
        models.remove("b");
        restarted().mark(new FactorStore.Change("f", START_MILLIS, START_MILLIS + MINUTE_MILLIS + 1));
        restarted().await("b", START_MILLIS + 2 * MINUTE_MILLIS, START_MILLIS + 3 * MINUTE_MILLIS);
        work(restarted(), 0, NEVER);
        work(restarted(), 0, NEVER);
        assertThat(restated).containsExactly("a+0", "a+1", "c+0");

        site("b", "f", 0);
        work(restarted(), 0, NEVER);
        assertThat(restated).containsExactly("a+0", "a+1", "c+0", "b+0", "b+1", "b+2");
        assertThat(store.approximateNumEntries()).isZero();
    }

    /** It waits for long, and is asked at each tick. */
    @Test
    void what_a_site_without_a_model_leaves_waits_without_a_look_at_its_shares_until_they_are_gone() {
        site("b", "f", 1);
        models.remove("b");
        restarted().mark(new FactorStore.Change("f", 0, Long.MAX_VALUE)); // of a factor that holds for ever
        work(restarted(), 0, NEVER);
        work(restarted(), 0, NEVER);
        CountedStore counted = new CountedStore(shares);
        SiteShares siteShares = new SiteShares(counted.store());
        counted.from().clear();
        Restatements restatements = restarted();
        work(restatements, siteShares, 0, NEVER);
        assertThat(counted.from()).isEmpty();
        assertThat(store.approximateNumEntries()).isEqualTo(1);

        restatements.forgetMinutes("b");
        restatements.forgetMinutes("c");
        days(restatements, NO_WINDOWS).forgetGone();
        assertThat(restated).isEmpty();
        assertThat(store.approximateNumEntries()).as("no window is kept of it").isZero();
    }

    /** They may wait for years, and are asked for at each tick. */
    @Test
    void months_that_wait_for_a_model_take_neither_the_time_of_other_sites_nor_a_look_at_their_windows() {
        CountedStore counted =
                new CountedStore(Stores.inMemoryKeyValueStore("c").get());
        WindowStore windows = new WindowStore(
                counted.store(), Stores.inMemoryKeyValueStore("d").get());
        site("c", "f", 0);
        windows.put(KeptWindow.begun(new WindowKey("c", Window.DAY, Instant.ofEpochMilli(START_MILLIS))));
        Restatements restatements = restarted();
        restatements.mark(new FactorStore.Change("f", 5, 9));
        work(restatements, 0, NEVER); // the minutes
        restatements.awaitMonths("b", 5, 9);
        PendingDays days = days(restatements, windows);
        List<String> asked = new ArrayList<>();
        PendingDays.Restating restating = (site, _, _) -> {
            asked.add(site.site());
            return new PendingDays.Restated.All();
        };
        days.work(() -> true, restating);
        assertThat(asked).containsExactly("c");

        counted.from().clear();
        days.work(NEVER, restating);
        assertThat(counted.from()).isEmpty();
        assertThat(store.approximateNumEntries()).isEqualTo(1);
        days.forgetGone();
        assertThat(store.approximateNumEntries()).as("no window is kept of it").isZero();
    }

    @Test
    void of_a_site_whose_minutes_are_gone_before_its_model_is_back_months_are_added_up_over_a_crash() {
        WindowStore windows = new WindowStore(
                Stores.inMemoryKeyValueStore("c").get(),
                Stores.inMemoryKeyValueStore("d").get());
        windows.put(KeptWindow.begun(new WindowKey("b", Window.DAY, Instant.ofEpochMilli(START_MILLIS))));
        for (String id : List.of("f", "g")) {
            restarted().mark(new FactorStore.Change(id, id.equals("f") ? 5 : 7, 9));
        }
        work(restarted(), 0, NEVER); // the minutes
        List<FactorStore.Change> asked = new ArrayList<>();
        PendingDays.Restating restating = (_, change, _) -> {
            asked.add(change);
            return new PendingDays.Restated.All();
        };
        for (int call = 0; call < 3; call++) {
            days(restarted(), windows).work(NEVER, restating);
            days(restarted(), windows).forgetGone();
        }
        assertThat(asked).isEmpty();
        assertThat(store.approximateNumEntries()).isEqualTo(1);

        site("b", "f", 0);
        days(restarted(), windows).work(NEVER, restating);
        assertThat(asked).containsExactly(new FactorStore.Change("", 5, 9));
        assertThat(store.approximateNumEntries()).isZero();
    }

    @Test
    void only_the_minutes_of_the_change_and_of_the_days_still_kept_are_restated() {
        site("a", "f", 10);
        Restatements restatements = restarted();
        restatements.mark(
                new FactorStore.Change("f", START_MILLIS + 2 * MINUTE_MILLIS, START_MILLIS + 5 * MINUTE_MILLIS + 1));
        work(restatements, START_MILLIS + 11 * MINUTE_MILLIS, NEVER);
        assertThat(restated).containsExactly("a+2", "a+3", "a+4", "a+5"); // all of the day is kept

        restatements.mark(new FactorStore.Change("f", START_MILLIS, Long.MAX_VALUE));
        work(restatements, START_MILLIS + Duration.ofHours(12).toMillis(), NEVER);
        assertThat(restated).hasSize(4);
    }

    @Test
    void a_change_that_a_site_holds_up_holds_up_no_other_change() {
        WindowStore windows = new WindowStore(
                Stores.inMemoryKeyValueStore("c").get(),
                Stores.inMemoryKeyValueStore("d").get());
        site("a", "[f, g]", 0);
        windows.put(KeptWindow.begun(new WindowKey("a", Window.DAY, Instant.ofEpochMilli(START_MILLIS))));
        Restatements restatements = restarted();
        restatements.mark(new FactorStore.Change("f", 0, Long.MAX_VALUE));
        restatements.mark(new FactorStore.Change("g", 0, Long.MAX_VALUE));
        work(restatements, 0, NEVER);
        List<String> asked = new ArrayList<>();
        for (int call = 0; call < 2; call++) {
            days(restatements, windows).work(NEVER, (_, change, _) -> {
                asked.add(change.id());
                return change.id().equals("f")
                        ? new PendingDays.Restated.Until(Instant.EPOCH)
                        : new PendingDays.Restated.All();
            });
        }
        assertThat(asked).containsExactly("f", "g", "f");
    }

    @Test
    void a_site_that_is_held_up_is_passed_over_and_done_when_it_can_be_over_restarts() {
        WindowStore windows = new WindowStore(
                Stores.inMemoryKeyValueStore("c").get(),
                Stores.inMemoryKeyValueStore("d").get());
        for (String site : List.of("a", "ab", "b", "c")) {
            site(site, "f", 0);
            windows.put(KeptWindow.begun(new WindowKey(site, Window.DAY, Instant.ofEpochMilli(START_MILLIS))));
        }
        Restatements first = restarted();
        first.mark(new FactorStore.Change("f", 5, Long.MAX_VALUE));
        work(first, 0, NEVER); // the minutes
        List<String> asked = new ArrayList<>();
        Set<String> held = new HashSet<>(List.of("a", "b"));
        WindowKey month = new WindowKey("a", Window.MONTH, Instant.parse("2026-06-01T00:00:00Z"));
        SiteModel model = new SiteModels(models, new ParsedSites()).model("a").orElseThrow();
        while (store.approximateNumEntries() > 0) {
            days(restarted(), windows).work(() -> true, (site, change, _) -> {
                asked.add(site.site() + change.fromMillis());
                if (held.contains(site.site())) {
                    return new PendingDays.Restated.Held();
                }
                return site.site().equals("c") && change.fromMillis() < 9
                        ? new PendingDays.Restated.Until(Instant.ofEpochMilli(9))
                        : new PendingDays.Restated.All();
            });
            assertThat(restarted().isHalfDone(month, model)).isEqualTo(asked.size() < 8);
            if (asked.size() == 7) {
                held.clear();
            }
        }
        assertThat(asked).containsExactly("a5", "ab5", "b5", "c5", "c9", "a5", "b5", "a5", "b5");
    }

    /** Series of many countries change each hour, and most sites are of none of those. */
    @Test
    void
            the_days_of_a_site_that_never_chose_a_factor_are_looked_at_only_where_a_change_may_have_begun_with_its_minutes() {
        WindowStore windows = new WindowStore(
                Stores.inMemoryKeyValueStore("c").get(),
                Stores.inMemoryKeyValueStore("d").get());
        for (String site : List.of("another", "chooses", "chose", "waits")) {
            site(site, site.startsWith("cho") ? "f" : "g", 0);
            windows.put(KeptWindow.begun(new WindowKey(site, Window.DAY, Instant.ofEpochMilli(START_MILLIS))));
        }
        hours.put(PastHour.of(
                new SiteModels(models, new ParsedSites()).model("chose").orElseThrow(),
                Instant.parse("2026-05-01T00:00:00Z"),
                List.of()));
        site("chose", "g", 0);
        WindowKey june = new WindowKey("waits", Window.MONTH, Instant.parse("2026-06-01T00:00:00Z"));
        waitingMonths.add(june);

        Restatements begun = restarted();
        assertThat(askedOf(begun, windows)).containsExactly("chooses", "chose", "waits");
        waitingMonths.remove(june);
        assertThat(askedOf(begun, windows)).containsExactly("chooses", "chose");

        begun.mark(new FactorStore.Change("f", 0, Long.MAX_VALUE));
        Restatements restarted = restarted();
        assertThat(askedOf(restarted, windows))
                .as("nobody knows what waits since before the start")
                .containsExactly("another", "chooses", "chose", "waits");
        assertThat(askedOf(restarted, windows)).containsExactly("chooses", "chose");
    }

    private List<String> askedOf(Restatements restatements, WindowStore windows) {
        restatements.mark(new FactorStore.Change("f", 0, Long.MAX_VALUE));
        work(restatements, 0, NEVER); // the minutes
        List<String> asked = new ArrayList<>();
        days(restatements, windows).work(NEVER, (site, _, _) -> {
            asked.add(site.site());
            return new PendingDays.Restated.All();
        });
        return asked;
    }

    @Test
    void shorter_windows_are_half_done_while_their_own_minutes_are_and_longer_ones_until_the_days_are() {
        site("a", "f", 40);
        site("b", "f", 1);
        site("c", "other", 1);
        Restatements restatements = restarted();
        restatements.mark(new FactorStore.Change("f", START_MILLIS, START_MILLIS + 40 * MINUTE_MILLIS));
        for (int minute = 0; minute < 20; minute++) {
            work(restatements, 0, () -> true);
        }
        assertThat(restated).endsWith("a+19");
        assertThat(halfDone("a"))
                .as("not the quarter before, nor the one that isn't begun")
                .containsExactly("15m 12:15", "1h 12:00", "1d 00:00", "1mo 00:00", "1y 00:00");
        assertThat(halfDone("b")).as("its turn is to come").containsExactly("1mo 00:00", "1y 00:00");
        assertThat(halfDone("c")).as("it is of another country").isEmpty();

        for (int minute = 20; minute < 30; minute++) {
            work(restatements, 0, () -> true);
        }
        assertThat(halfDone("a"))
                .as("a quarter ends with the last minute that is done")
                .containsExactly("1h 12:00", "1d 00:00", "1mo 00:00", "1y 00:00");

        work(restatements, 0, NEVER); // its minutes and those of b
        assertThat(halfDone("a")).containsExactly("1mo 00:00", "1y 00:00");
        work(restatements, 0, NEVER); // the days
        assertThat(halfDone("a")).isEmpty();
        assertThat(halfDone("b")).isEmpty();
    }

    @Test
    void no_window_is_half_done_by_a_change_of_another_time() {
        site("a", "f", 1);
        Restatements restatements = restarted();
        long yearMillis = Duration.ofDays(366).toMillis();
        restatements.mark(new FactorStore.Change(
                "f", 0, Instant.parse("2026-01-01T00:00:00Z").toEpochMilli()));
        restatements.mark(new FactorStore.Change("f", START_MILLIS + yearMillis, START_MILLIS + 2 * yearMillis));
        assertThat(halfDone("a")).isEmpty();
    }

    /** Of the windows that the first forty minutes are in, those that are of two versions. */
    private List<String> halfDone(String site) {
        SiteModel model = new SiteModels(models, new ParsedSites()).model(site).orElseThrow();
        Restatements restatements = restarted();
        Set<String> halfDone = new LinkedHashSet<>();
        for (Window window : List.of(Window.QUARTER, Window.HOUR, Window.DAY, Window.MONTH, Window.YEAR)) {
            for (int minute = 0; minute < 40; minute++) {
                Instant start =
                        window.startOf(Instant.ofEpochMilli(START_MILLIS + minute * MINUTE_MILLIS), model.zone());
                if (restatements.isHalfDone(new WindowKey(site, window, start), model)) {
                    halfDone.add(window.label() + " " + start.toString().substring(11, 16));
                }
            }
        }
        return List.copyOf(halfDone);
    }

    @Test
    void what_is_known_of_factors_outlives_a_restart() {
        Instant at = Instant.ofEpochMilli(START_MILLIS);
        EmissionFactor factor =
                EmissionFactor.published("f", "7", "s", 5, EmissionFactor.ALWAYS, EmissionFactor.FOR_EVER);
        IntensityPoint point = new IntensityPoint(at, Duration.ofHours(1), at, false, 6);
        FactorStore first = new FactorStore(store, Factors.of(List.of()));
        first.take(FactorNews.newBuilder()
                .setId("f")
                .setPublished(FactorStore.encode(factor))
                .build());
        first.take(FactorNews.newBuilder()
                .setId("watttime-MA")
                .addPoints(FactorStore.encode(point))
                .build());

        FactorStore second = new FactorStore(store, Factors.of(List.of()));
        assertThat(second.at("f", at)).contains(factor);
        assertThat(second.at("watttime-MA", at))
                .contains(point.asOf("watttime-MA", at).orElseThrow());
        second.purge(START_MILLIS + Duration.ofHours(3).toMillis());
        assertThat(second.at("watttime-MA", at)).isPresent();
        second.purge(START_MILLIS + Duration.ofHours(3).toMillis() + 1);
        assertThat(second.at("watttime-MA", at)).isEmpty();
        assertThat(second.at("f", at)).contains(factor);
    }
}
