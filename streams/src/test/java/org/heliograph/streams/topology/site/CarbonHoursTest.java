package org.heliograph.streams.topology.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.heliograph.streams.indicator.Carbon;
import org.heliograph.streams.indicator.Sum;
import org.heliograph.streams.indicator.Sums;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.streams.topology.state.v1.CarbonHour;
import org.heliograph.streams.topology.state.v1.StoredWindow;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;

/** What is kept of old minutes: all that their CO2 is computed from, in few bytes, and readable for years. */
class CarbonHoursTest {
    private static final Instant HOUR = Instant.parse("2026-06-15T18:00:00Z");

    private final KeyValueStore<Bytes, byte[]> store =
            Stores.inMemoryKeyValueStore("a").get();
    private final CarbonHours hours = new CarbonHours(store);
    private final SiteModel site;

    CarbonHoursTest() throws ConfigurationException {
        site = SiteFile.parse("site.yaml", """
                site: a
                zone: Asia/Kathmandu
                factors: {average: [electricitymaps-NP, f], marginal: m, fuel: none}
                devices: [{id: util-1, profile: utility-meter, role: grid}]
                """);
    }

    private static Windows.Kept minute(long minute, Sums sums) {
        StoredWindow.Builder stored = StoredWindow.newBuilder();
        for (long sum : sums.toArray()) {
            stored.addSums(sum);
        }
        return new Windows.Kept(new WindowKey("a", Window.MINUTE, HOUR.plusSeconds(60L * minute)), stored.build());
    }

    private static Sums sums(Random random, long mostMillijoules) {
        long[] sums = new long[Sum.values().length];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = random.nextLong(-1, mostMillijoules);
        }
        return Sums.of(sums);
    }

    private static long[] kept(Sums sums) {
        return Carbon.FROM.stream().mapToLong(sums::get).toArray();
    }

    @Test
    void every_sum_that_co2_is_computed_from_is_kept_whatever_it_is() {
        Random random = new Random(1);
        NavigableMap<Instant, Sums> all = new TreeMap<>();
        List<Windows.Kept> minutes = new ArrayList<>();
        for (int minute = 0; minute < 200; minute++) {
            if (random.nextInt(5) > 0) {
                Sums sums = sums(
                        random, List.of(1L, 2L, 40_000_000_000L, Long.MAX_VALUE).get(minute % 4));
                minutes.add(minute(minute, sums));
                all.put(HOUR.plusSeconds(60L * minute), sums);
            }
        }
        minutes.add(minute(61, Sums.of(new long[] {Long.MIN_VALUE, Long.MAX_VALUE})));
        all.put(HOUR.plusSeconds(60L * 61), Sums.of(new long[] {Long.MIN_VALUE, Long.MAX_VALUE}));
        // a day of this zone begins within an hour, so its first minutes go later than those before
        hours.keep(site, minutes.subList(0, 30));
        hours.keep(site, minutes.subList(20, minutes.size()));

        NavigableMap<Instant, Sums> kept = new TreeMap<>();
        for (CarbonHours.Hour hour : hours.between("a", HOUR.minusSeconds(86_400), HOUR.plusSeconds(86_400))) {
            assertThat(hour.chosen().byStart().values())
                    .containsExactlyElementsOf(site.factors().byStart().values());
            kept.putAll(hour.minutes());
        }
        assertThat(kept.keySet()).isEqualTo(all.keySet());
        kept.forEach((at, sums) -> assertThat(kept(sums)).isEqualTo(kept(all.getOrDefault(at, Sums.ZERO))));

        Instant from = HOUR.plusSeconds(60L * 70);
        Instant to = HOUR.plusSeconds(60L * 130);
        assertThat(hours.between("a", from, to).stream().flatMap(hour -> hour.minutes().keySet().stream()))
                .containsExactlyElementsOf(all.subMap(from, to).keySet());
        hours.purge("a", HOUR.plusSeconds(7_200).toEpochMilli());
        assertThat(hours.between("a", Instant.EPOCH, to).stream().flatMap(hour -> hour.minutes().keySet().stream()))
                .containsExactlyElementsOf(
                        all.subMap(HOUR.plusSeconds(7_200), to).keySet());
    }

    @Test
    void a_day_of_a_site_takes_few_bytes() {
        Random random = new Random(2);
        long[] values = new long[Sum.values().length];
        for (Sum known : List.of(Sum.SELF_MINUTES, Sum.GRID_MINUTES, Sum.EXPORT_MINUTES, Sum.IT3_MINUTES)) {
            values[known.index()] = 1;
        }
        List<Windows.Kept> small = new ArrayList<>();
        List<Windows.Kept> large = new ArrayList<>();
        for (int minute = 0; minute < 1440; minute++) {
            boolean night = minute < 700;
            values[Sum.SELF.index()] = night ? 0 : random.nextLong(12_000_000_000L);
            values[Sum.IMPORT.index()] = random.nextLong(20_000_000_000L, 60_000_000_000L);
            values[Sum.IT3.index()] = random.nextLong(20_000_000_000L, 50_000_000_000L);
            small.add(minute(minute, Sums.of(values)));
            long[] more = values.clone();
            for (Sum sum : List.of(Sum.IT1, Sum.IT2, Sum.EXPORT)) {
                more[sum.index()] = random.nextLong(20_000_000_000L, 50_000_000_000L);
            }
            large.add(minute(minute, Sums.of(more)));
        }
        assertThat(bytesOfDay(small)).isBetween(18_000, 22_000);
        assertThat(bytesOfDay(large)).isBetween(37_000, 44_000);
    }

    private int bytesOfDay(List<Windows.Kept> minutes) {
        hours.purge("a", Long.MAX_VALUE);
        hours.keep(site, minutes);
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
    void an_hour_keeps_the_choice_of_each_of_its_minutes() throws ConfigurationException {
        String yaml = """
                site: a
                zone: UTC
                factors: %s
                devices: [{id: util-1, profile: utility-meter, role: grid}]
                """;
        SiteModel dated = SiteFile.parse(
                "site.yaml",
                yaml.formatted("[{average: f}, {average: g, fuel: none, validFrom: 2026-06-15T18:20:30Z}]"));
        Sums sums = Sums.of(new long[Sum.values().length]);
        hours.keep(dated, List.of(minute(0, sums), minute(20, sums), minute(21, sums)));
        byte[] bytes = store.get(Keys.siteMinute("a", HOUR.toEpochMilli()));
        assertThat(HexFormat.of().formatHex(bytes))
                .isEqualTo(
                        "090100300000000000" // minutes 0, 20 and 21
                                + "1a0166220e6966692d323032312d736f6c61722a10697063632d323030362d64696573656c"
                                + "321a08e0e58fe4ec331201671a0e6966692d323032312d736f6c6172");

        // a later part of the hour, by a model that has another choice
        SiteModel other = SiteFile.parse("site.yaml", yaml.formatted("{average: h}"));
        hours.keep(other, List.of(minute(40, sums)));
        CarbonHours.Hour hour =
                hours.between("a", HOUR, HOUR.plusSeconds(3_600)).getFirst();
        assertThat(hour.minutes().keySet().stream()
                        .map(minute -> hour.chosen().at(minute).average().getFirst()))
                .containsExactly("f", "f", "g", "h");
        assertThat(hour.chosen().at(HOUR.plusSeconds(21 * 60)).fuel()).isEmpty();
    }

    /** From the first release on these bytes are never edited: they are in stores. */
    @Test
    void what_is_stored_stays_readable() throws Exception {
        long[] first = new long[Sum.values().length];
        first[Sum.SELF.index()] = 12_000_000_000L;
        first[Sum.SELF_MINUTES.index()] = 1;
        first[Sum.GRID_COVER.index()] = -1;
        first[Sum.GRID_MINUTES.index()] = 1;
        first[Sum.IMPORT.index()] = 300;
        long[] second = first.clone();
        second[Sum.SELF.index()] = 12_000_000_007L;
        second[Sum.GRID_COVER.index()] = 0;
        hours.keep(site, List.of(minute(3, Sums.of(first)), minute(59, Sums.of(second))));
        byte[] bytes = store.get(Keys.siteMinute("a", HOUR.toEpochMilli()));
        assertThat(HexFormat.of().formatHex(bytes))
                .isEqualTo(
                        "0908000000000000" // minutes 3 and 59
                                + "08"
                                + "120c08031080e08bb4591a020007" // what is used of the sun, and how much more than the
                                // least
                                + "1204080f1002120310d8041204080d10021208084010011a020001"
                                + "1a12656c6563747269636974796d6170732d4e501a016622016d");
        assertThat(CarbonHours.decode(HOUR, CarbonHour.parseFrom(bytes)).minutes())
                .containsExactly(
                        Map.entry(HOUR.plusSeconds(180), Sums.of(first)),
                        Map.entry(HOUR.plusSeconds(3540), Sums.of(second)));
    }
}
