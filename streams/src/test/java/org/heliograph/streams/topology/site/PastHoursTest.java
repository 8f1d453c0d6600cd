package org.heliograph.streams.topology.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.streams.factor.FactorBook;
import org.heliograph.streams.factor.Provenance;
import org.heliograph.streams.indicator.Branch;
import org.heliograph.streams.indicator.Branches;
import org.heliograph.streams.indicator.FactorsUsed;
import org.heliograph.streams.indicator.Sum;
import org.heliograph.streams.indicator.Sums;
import org.heliograph.streams.rollup.Cause;
import org.heliograph.streams.rollup.Lifecycle;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.streams.site.BranchShare.Heaviest;
import org.heliograph.streams.site.RoleSum;
import org.heliograph.streams.site.RoleSums;
import org.heliograph.streams.site.SiteMinute;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of old hours: all that their windows are, in few bytes, and readable for years. */
class PastHoursTest {
    private static final Instant HOUR = Instant.parse("2026-06-15T18:00:00Z");
    private static final WindowChange CHANGE = new WindowChange(Cause.FACTOR, 7);

    private final KeyValueStore<Bytes, byte[]> store =
            Stores.inMemoryKeyValueStore("a").get();
    private final PastHours hours = new PastHours(store);
    private final SiteModel site;

    PastHoursTest() throws ConfigurationException {
        site = SiteFile.parse("site.yaml", """
                site: a
                zone: Asia/Kathmandu
                factors: {average: [electricitymaps-NP, f], marginal: m, fuel: none}
                devices: [{id: util-1, profile: utility-meter, role: grid}]
                """);
    }

    private static Instant at(long minute) {
        return HOUR.plusSeconds(60 * minute);
    }

    private static WindowKey key(Window window, long minute) {
        return new WindowKey("a", window, at(minute));
    }

    private static KeptWindow minute(long minute, Sums sums) {
        return window(key(Window.MINUTE, minute), new WindowContent(sums, FactorsUsed.NONE, Branches.NONE), 0);
    }

    private static KeptWindow window(WindowKey key, WindowContent content, int revision) {
        return KeptWindow.of(
                key, content, revision > 0 ? new Lifecycle.Revised(revision) : new Lifecycle.Final(), CHANGE);
    }

    private static Sums sums(Random random, long mostMillijoules) {
        long[] sums = new long[Sum.values().length];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = i % 3 == 0 && i > 0 ? sums[i - 1] : random.nextLong(-1, mostMillijoules);
        }
        return Sums.of(sums);
    }

    private static Branches branches(Random random, long most) {
        Map<String, Branch> byMeter = new TreeMap<>();
        for (String meter : List.of("ups-1", "util-1", "pdu-7")) {
            if (random.nextInt(4) > 0) {
                byMeter.put(
                        meter,
                        random.nextInt(4) == 0
                                ? Branch.UNMATCHED
                                : new Branch(
                                        random.nextLong(most),
                                        random.nextLong(most),
                                        random.nextLong(most),
                                        1,
                                        new Heaviest("pdu-" + random.nextInt(3), random.nextLong(most))));
            }
        }
        return new Branches(new TreeMap<>(byMeter));
    }

    private static Provenance provenance(Random random) {
        return Provenance.parse(
                List.of("", "f@1", "f@2", "electricitymaps-NP@held").get(random.nextInt(4)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void all_that_an_hour_was_is_kept_whatever_it_was(long seed) {
        Random random = new Random(seed);
        long most = List.of(2L, 3L, 40_000_000_000L, Long.MAX_VALUE).get((int) (seed % 4));
        List<PastHour> all = new ArrayList<>();
        for (int hour = 0; hour < 3; hour++) {
            List<KeptWindow> windows = new ArrayList<>();
            for (int minute = 60 * hour; minute < 60 * hour + 60; minute++) {
                if (random.nextInt(5) > 0) {
                    windows.add(window(
                            key(Window.MINUTE, minute),
                            new WindowContent(
                                    sums(random, most),
                                    new FactorsUsed(provenance(random), provenance(random), provenance(random)),
                                    branches(random, most)),
                            hour == 1 ? 0 : random.nextInt(3)));
                }
            }
            windows.add(window(key(Window.QUARTER, 60L * hour + 15), WindowContent.NONE, 5 * hour));
            windows.add(window(key(Window.HOUR, 60L * hour), WindowContent.NONE, 3 * hour));
            all.add(PastHour.of(site, at(60L * hour), windows));
        }
        all.forEach(hours::put);

        assertThat(hours.between("a", HOUR.minusSeconds(86_400), HOUR.plusSeconds(86_400)))
                .isEqualTo(all);
        assertThat(all.get(2).revision(key(Window.QUARTER, 135))).isEqualTo(10);
        assertThat(all.getFirst().chosen().byStart().values())
                .containsExactlyElementsOf(site.factors().byStart().values());

        assertThat(hours.between("a", at(70), at(120))).containsExactly(all.get(1));
        assertThat(hours.between("a", at(60), at(121))).containsExactly(all.get(1), all.get(2));
        hours.purge("a", at(60).toEpochMilli(), () -> false);
        assertThat(hours.between("a", Instant.EPOCH, at(180))).containsExactly(all.get(1), all.get(2));
    }

    @Test
    void a_day_of_a_site_takes_few_bytes() {
        Map<Role, Integer> small = Map.of(Role.GRID, 1, Role.PV, 2, Role.IT, 10);
        Map<Role, Integer> large =
                Map.of(Role.GRID, 1, Role.PV, 10, Role.UPS, 2, Role.FLOOR_PDU, 4, Role.IT, 400, Role.COOLING, 20);
        assertThat(bytesOfDay(small, false, 0)).isBetween(40_000, 49_000);
        assertThat(bytesOfDay(large, true, 0)).isBetween(90_000, 110_000);
        assertThat((bytesOfDay(large, true, 7) - bytesOfDay(large, true, 0)) / 7)
                .isBetween(27_000, 32_000);
    }

    /** Of meters that measure nothing twice the same. */
    private int bytesOfDay(Map<Role, Integer> devices, boolean exports, int branches) {
        Random random = new Random(2);
        hours.purge("a", Long.MAX_VALUE, () -> false);
        for (int hour = 0; hour < 24; hour++) {
            List<KeptWindow> minutes = new ArrayList<>();
            for (int minute = 60 * hour; minute < 60 * hour + 60; minute++) {
                boolean isNight = hour < 12;
                Map<Role, RoleSum> roles = new HashMap<>();
                devices.forEach((role, count) -> {
                    long forward = random.nextLong(20_000_000_000L, 60_000_000_000L);
                    long reverse = role == Role.GRID && exports ? random.nextLong(10_000_000_000L) : 0;
                    roles.put(role, RoleSums.of(role == Role.PV && isNight ? 0 : forward, reverse, count, count, 0));
                });
                Map<String, Branch> byMeter = new TreeMap<>();
                for (int meter = 0; meter < branches; meter++) {
                    long own = random.nextLong(20_000_000_000L, 60_000_000_000L);
                    byMeter.put(
                            "floor-pdu-" + meter,
                            new Branch(
                                    own,
                                    own - random.nextLong(own / 20),
                                    own / 100,
                                    1,
                                    new Heaviest("rack-pdu-17", own / 50)));
                }
                FactorBook.Choice factors = new FactorBook.Choice(
                        Optional.of(EmissionFactor.published("f", "1", "s", 500_000_000, HOUR, at(1440))),
                        Optional.of(EmissionFactor.published("m", "1", "s", 600_000_000, HOUR, at(1440))),
                        Optional.empty());
                Sums sums = Sums.of(new SiteMinute(new SiteShare(roles), devices), factors);
                minutes.add(window(
                        key(Window.MINUTE, minute),
                        new WindowContent(sums, FactorsUsed.of(sums, factors), new Branches(new TreeMap<>(byMeter))),
                        0));
            }
            hours.put(PastHour.of(site, at(60L * hour), minutes));
        }
        int bytes = 0;
        try (var all = store.all()) {
            while (all.hasNext()) {
                var entry = all.next();
                bytes += entry.key.get().length + entry.value.length;
            }
        }
        return bytes;
    }

    @Test
    void extreme_numbers_are_kept() {
        PastHour hour = PastHour.of(
                site,
                HOUR,
                List.of(
                        minute(0, Sums.of(new long[] {Long.MIN_VALUE, Long.MAX_VALUE, 0})),
                        minute(59, Sums.of(new long[] {Long.MAX_VALUE, Long.MIN_VALUE, -1}))));
        hours.put(hour);
        assertThat(hours.between("a", HOUR, at(60))).containsExactly(hour);
    }

    @Test
    void a_revised_factor_restates_the_windows_whose_co2_it_changes_and_no_other_and_once() {
        long[] sums = new long[Sum.values().length];
        sums[Sum.IMPORT.index()] = 3_600_000_000L;
        sums[Sum.GRID_MINUTES.index()] = 1;
        List<KeptWindow> windows = new ArrayList<>();
        for (int minute : List.of(0, 1, 20, 59)) {
            windows.add(minute(minute, Sums.of(sums)));
        }
        windows.add(window(key(Window.QUARTER, 45), WindowContent.NONE, 4));
        PastHour before = PastHour.of(site, HOUR, windows).pricedBy(book("1", 500, HOUR), HOUR, at(60));
        PastHour after = before.pricedBy(book("2", 600, at(20)), HOUR, at(60));

        List<KeptWindow> restated = after.restatedSince(before, CHANGE);
        assertThat(restated)
                .extracting(kept -> kept.key() + " " + kept.lifecycle().revision())
                .containsExactly(
                        key(Window.MINUTE, 20) + " 2",
                        key(Window.MINUTE, 59) + " 2",
                        key(Window.QUARTER, 15) + " 2",
                        key(Window.QUARTER, 45) + " 6",
                        key(Window.HOUR, 0) + " 2");
        KeptWindow hour = restated.getLast();
        assertThat(hour.sums().get(Sum.CO2_LOCATION)).isEqualTo(2_200_000_000L);
        assertThat(hour.stored().getFactorAverage()).isEqualTo("f@1,f@2");
        assertThat(hour.stored().getCause()).isEqualTo("factor");
        assertThat(after.pricedBy(book("2", 600, at(20)), HOUR, at(60))).isSameAs(after);
    }

    /** The model may have named another factor when they were priced. */
    @Test
    void minutes_that_a_change_of_a_factor_is_not_of_stay_as_they_are() {
        long[] sums = new long[Sum.values().length];
        sums[Sum.IMPORT.index()] = 3_600_000_000L;
        sums[Sum.GRID_MINUTES.index()] = 1;
        PastHour before = PastHour.of(
                site, HOUR, List.of(minute(0, Sums.of(sums)), minute(20, Sums.of(sums)), minute(21, Sums.of(sums))));
        PastHour after = before.pricedBy(book("1", 500, HOUR), at(20), at(21));
        assertThat(after.restatedSince(before, CHANGE))
                .extracting(kept -> kept.key().window().label() + kept.key().start())
                .containsExactly("1m" + at(20), "15m" + at(15), "1h" + HOUR);
    }

    private static FactorBook book(String version, long grams, Instant from) {
        return (id, moment) -> id.equals("f")
                ? Optional.of(
                        moment.isBefore(from)
                                ? EmissionFactor.published("f", "1", "s", 500_000_000, HOUR, at(600))
                                : EmissionFactor.published("f", version, "s", grams * 1_000_000, HOUR, at(600)))
                : Optional.empty();
    }

    @Test
    void an_hour_keeps_the_choice_of_each_of_its_minutes() throws ConfigurationException {
        SiteModel dated = SiteFile.parse("site.yaml", """
                site: a
                zone: UTC
                factors: [{average: f}, {average: g, fuel: none, validFrom: 2026-06-15T18:20:30Z}]
                devices: [{id: util-1, profile: utility-meter, role: grid}]
                """);
        hours.put(
                PastHour.of(dated, HOUR, List.of(minute(0, Sums.ZERO), minute(20, Sums.ZERO), minute(21, Sums.ZERO))));
        PastHour hour = hours.between("a", HOUR, at(60)).getFirst();
        assertThat(hour.minutes().keySet().stream()
                        .map(minute -> hour.chosen().at(minute).average().getFirst()))
                .containsExactly("f", "f", "g");
        assertThat(hour.chosen().at(at(21)).fuel()).isEmpty();
    }

    /** From the first release on these bytes are never edited: they are in stores. */
    @Test
    void what_is_stored_stays_readable() {
        long[] first = new long[Sum.values().length];
        first[Sum.SELF.index()] = 12_000_000_000L;
        first[Sum.SELF_MINUTES.index()] = 1;
        first[Sum.GRID_COVER.index()] = -1;
        first[Sum.GRID_MINUTES.index()] = 1;
        first[Sum.IMPORT.index()] = 300;
        first[Sum.CONSUMPTION_SELF.index()] = 12_000_000_000L;
        long[] second = first.clone();
        second[Sum.SELF.index()] = 12_000_000_007L;
        second[Sum.CONSUMPTION_SELF.index()] = 12_000_000_007L;
        second[Sum.GRID_COVER.index()] = 0;
        FactorsUsed used = new FactorsUsed(Provenance.parse("f@1"), Provenance.NONE, Provenance.NONE);
        Branches branches =
                new Branches(new TreeMap<>(Map.of("util-1", new Branch(300, 200, 3, 1, new Heaviest("ups-1", 200)))));
        PastHour hour = PastHour.of(
                site,
                HOUR,
                List.of(
                        window(key(Window.MINUTE, 3), new WindowContent(Sums.of(first), used, Branches.NONE), 1),
                        window(key(Window.MINUTE, 59), new WindowContent(Sums.of(second), used, branches), 0),
                        window(key(Window.QUARTER, 0), WindowContent.NONE, 2),
                        window(key(Window.HOUR, 0), WindowContent.NONE, 3)));
        hours.put(hour);
        assertThat(HexFormat.of().formatHex(store.get(Keys.siteMinute("a", HOUR.toEpochMilli()))))
                .isEqualTo(
                        "0908000000000000" // minutes 3 and 59
                                + "08"
                                + "120310d804" // what came from the grid
                                + "120c08031080e08bb4591a020007" // what is used of the sun, and how much more than the
                                // least
                                + "1204080d10021204080f1002"
                                + "120408242002" // that again, for self-consumption
                                + "1208084010011a020001"
                                + "1a12656c6563747269636974796d6170732d4e501a016622016d"
                                + "3a036640313a057570732d31420210024a005200" // f@1, ups-1, and which factor is which
                                + "5a2c0a067574696c2d311100000000000000081a0310d80422031090032a02100632021002"
                                + "3a021004420310900362041a0201006a04020000007003"); // and the revisions
        assertThat(hours.between("a", HOUR, at(60))).containsExactly(hour);
    }
}
