package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.heliograph.streams.energy.DeviceHistory;
import org.heliograph.streams.energy.Evidence;
import org.heliograph.streams.energy.RegisterMeter;
import org.heliograph.streams.energy.Spans;
import org.heliograph.streams.sample.Samples;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.PointEnergy;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for the engine whatever comes, in whatever order. */
class EngineLawsTest {
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final long NOON_MILLIS = NOON.toEpochMilli();
    private static final long MINUTE_MILLIS = 60_000L;
    private static final long WH = 3_600_000L;
    private static final String YAML = """
            site: test1
            zone: UTC
            devices:
              - {id: pdu-a, profile: rack-pdu, role: it}
              - {id: pdu-b, profile: rack-pdu, role: it}
              - {id: util-1, profile: utility-meter, role: grid}
              - {id: ups-1, profile: ups, role: ups}
            """;

    @TempDir
    private Path states;

    private EngineDriver engine() {
        return new EngineDriver(states, NOON, YAML);
    }

    private static long minutesBeforeNoon(int minutes) {
        return NOON_MILLIS - minutes * MINUTE_MILLIS;
    }

    private static void settle(EngineDriver engine) {
        for (int i = 0; i < 5; i++) {
            engine.advance(Duration.ofMinutes(10));
        }
    }

    private static Map<String, DeviceMinute> deviceMinutes(EngineDriver engine) {
        Map<String, DeviceMinute> newest = new HashMap<>();
        engine.read("hg.energy", DeviceMinute::parseFrom)
                .forEach(minute -> newest.put(name(minute.getDevice(), minute.getStartMs()), minute));
        return newest;
    }

    private static String name(String device, long minuteMillis) {
        return device + "@" + Instant.ofEpochMilli(minuteMillis);
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 40);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void every_minute_is_what_the_whole_set_of_samples_says(long seed) throws ConfigurationException {
        Random random = new Random(seed);
        RandomHistory history = new RandomHistory(random, NOON);
        Instant wallClock = NOON.minus(Duration.ofMinutes(random.nextInt(5)));
        try (EngineDriver engine = new EngineDriver(states, wallClock, RandomHistory.YAML)) {
            play(history, engine, random);
            Map<Long, Long> itByMinute = assertDeviceMinutes(history, deviceMinutes(engine));
            assertWindows(history, engine.windows(), itByMinute);
        }
    }

    /** Some packs come twice, and time passes between any two. */
    private static void play(RandomHistory history, EngineDriver engine, Random random) {
        for (RandomHistory.Pack pack : history.packs()) {
            engine.send(pack.device(), pack.serial(), pack.sampling());
            if (random.nextInt(6) == 0) {
                engine.send(pack.device(), pack.serial(), pack.sampling());
            }
            if (random.nextInt(4) == 0) {
                engine.advance(Duration.ofMillis(random.nextInt(3000)));
            }
        }
        settle(engine);
    }

    /** Each device's minutes, bit for bit; returns the energy of the IT devices by minute. */
    private static Map<Long, Long> assertDeviceMinutes(RandomHistory history, Map<String, DeviceMinute> published)
            throws ConfigurationException {
        SiteModel site = SiteFile.parse("site", RandomHistory.YAML);
        Map<Long, Long> itByMinute = new HashMap<>();
        for (String name : RandomHistory.DEVICES) {
            Samples all = allSamples(history, name);
            Device device = site.device(name, NOON).orElseThrow();
            DeviceHistory units = DeviceHistory.of(site, name);
            Evidence evidence = Evidence.of(all, units);
            for (long minute = history.earliestMillis(); minute < NOON_MILLIS; minute += MINUTE_MILLIS) {
                var truth = org.heliograph.streams.energy.DeviceMinute.of(
                        units,
                        device,
                        all.around(minute, minute + MINUTE_MILLIS, RegisterMeter.CONTEXT),
                        evidence,
                        minute);
                DeviceMinute said = published.get(name(name, minute));
                if (said == null) {
                    assertThat(truth.energies()).as(name(name, minute)).isEmpty();
                } else {
                    assertThat(said)
                            .as(name(name, minute))
                            .isEqualTo(DeviceMinuteMessage.of(
                                    new DeviceId(EngineDriver.SITE, name), device, minute, truth));
                }
                if (device.role() == Role.IT) {
                    itByMinute.merge(minute, truth.energies().getOrDefault(Point.ENERGY, 0L), Long::sum);
                }
            }
        }
        return itByMinute;
    }

    private static Samples allSamples(RandomHistory history, String device) {
        Samples all = history.packs().stream()
                .filter(pack -> pack.device().equals(device))
                .map(pack -> Samples.of(pack.serial(), pack.sampling().series()))
                .reduce(Samples.empty(), Samples::plus);
        Samples thinned = Samples.empty();
        for (long minute = history.earliestMillis(); minute <= NOON_MILLIS; minute += MINUTE_MILLIS) {
            thinned = thinned.plus(all.between(minute, minute + MINUTE_MILLIS).thinned());
        }
        return thinned;
    }

    static LongStream someSeeds() {
        return LongStream.rangeClosed(1, 6);
    }

    /** Registers, power, its cross-check and the gauges of a site that is one partition's, and of one that is two's. */
    @ParameterizedTest
    @MethodSource("someSeeds")
    void figures_are_the_same_however_devices_are_spread_over_partitions(long seed) {
        Random random = new Random(seed);
        RandomHistory history = new RandomHistory(random, NOON);
        Set<String> ofFirst = new HashSet<>(RandomHistory.DEVICES);
        ofFirst.removeIf(_ -> random.nextBoolean());
        try (EngineDriver whole = new EngineDriver(states, NOON, RandomHistory.YAML);
                EngineDriver first = new EngineDriver(states, NOON, RandomHistory.YAML);
                EngineDriver second = new EngineDriver(states, NOON, RandomHistory.YAML);
                EngineDriver site = new EngineDriver(states, NOON, RandomHistory.YAML)) {
            for (RandomHistory.Pack pack : history.packs()) {
                whole.send(pack.device(), pack.serial(), pack.sampling());
                (ofFirst.contains(pack.device()) ? first : second).send(pack.device(), pack.serial(), pack.sampling());
                if (random.nextInt(40) == 0) {
                    List.of(whole, first, second).forEach(engine -> engine.advance(Duration.ofSeconds(1)));
                }
            }
            List.of(whole, first, second).forEach(EngineLawsTest::settle);
            List<SiteInput> shares = new ArrayList<>();
            merge(shares(first, 0), shares(second, 1), random, shares);
            shares.forEach(share -> site.fromDevices(EngineDriver.SITE, share));
            settle(site);

            Map<String, DeviceMinute> spread = deviceMinutes(first);
            spread.putAll(deviceMinutes(second));
            assertThat(spread).isEqualTo(deviceMinutes(whole));
            assertThat(spread.values())
                    .anySatisfy(minute -> assertThat(minute.getPointsList())
                            .anyMatch(point -> point.getPoint() == Point.POWER.number()));
            assertThat(figures(site)).isEqualTo(figures(whole)).isNotEmpty();
        }
    }

    /** What a partition's devices sent on to the site, as those of another partition. */
    private static List<SiteInput> shares(EngineDriver devices, int partition) {
        return devices.read("test" + Engine.SHARES_SUFFIX, SiteInput::parseFrom).stream()
                .filter(SiteInput::hasMinute)
                .map(share -> share.toBuilder()
                        .setMinute(share.getMinute().toBuilder().setPartition(partition))
                        .build())
                .toList();
    }

    /** Each in its own order. */
    private static void merge(List<SiteInput> some, List<SiteInput> others, Random random, List<SiteInput> merged) {
        int i = 0;
        int j = 0;
        while (i < some.size() || j < others.size()) {
            boolean isFirst = j == others.size() || (i < some.size() && random.nextBoolean());
            merged.add(isFirst ? some.get(i++) : others.get(j++));
        }
    }

    /** All but how often they were stated. */
    private static Map<String, SiteWindow> figures(EngineDriver engine) {
        Map<String, SiteWindow> figures = new HashMap<>();
        engine.windows().forEach((name, window) -> {
            SiteWindow.Builder figure = window.toBuilder().clearState().clearCause();
            SiteWindow.getDescriptor().getFields().stream()
                    .filter(field -> field.getName().startsWith("revision"))
                    .forEach(figure::clearField);
            figures.put(name, figure.build());
        });
        return figures;
    }

    private static void assertWindows(
            RandomHistory history, Map<String, SiteWindow> windows, Map<Long, Long> itByMinute) {
        for (long minute = history.earliestMillis(); minute < NOON_MILLIS; minute += MINUTE_MILLIS) {
            SiteWindow window = windows.getOrDefault("1m@" + minute, SiteWindow.getDefaultInstance());
            assertThat(window.getEnergyIt3Mj())
                    .as("1m of %s", Instant.ofEpochMilli(minute))
                    .isEqualTo(itByMinute.getOrDefault(minute, 0L));
        }
        long whole = itByMinute.values().stream().mapToLong(Long::longValue).sum();
        for (String label : List.of("1m", "15m", "1h", "1d")) {
            long sum = windows.values().stream()
                    .filter(window -> window.getWindow().equals(label))
                    .mapToLong(SiteWindow::getEnergyIt3Mj)
                    .sum();
            assertThat(sum).as(label).isEqualTo(whole);
        }
    }

    @Test
    void an_absurd_power_or_register_is_a_hole_and_stops_nobody() {
        try (EngineDriver engine = engine()) {
            for (int i = 0; i <= 2; i++) {
                long at = minutesBeforeNoon(2 - i);
                engine.send("pdu-a", new Sampling().gauge(Point.POWER, at, i == 1 ? 1e30 : 100));
                engine.send("pdu-b", new Sampling().register(Point.ENERGY, at, i * WH));
            }
            long absurd = 2_000_000_000L * 1000 * WH; // no sentinel
            engine.send(
                    "util-1",
                    new Sampling()
                            .register(Point.ENERGY_IMPORT, minutesBeforeNoon(2), 5 * WH)
                            .register(Point.ENERGY_IMPORT, minutesBeforeNoon(1), absurd)
                            .register(Point.ENERGY_EXPORT, minutesBeforeNoon(2), 5 * WH)
                            .register(Point.ENERGY_EXPORT, minutesBeforeNoon(1), absurd));
            settle(engine);

            Map<String, DeviceMinute> minutes = deviceMinutes(engine);
            for (String broken : List.of("pdu-a", "util-1")) {
                assertThat(minutes.get(name(broken, minutesBeforeNoon(2))))
                        .as(broken)
                        .extracting(DeviceMinute::getEnergyCount, DeviceMinute::getCoverage)
                        .containsExactly(0, 0.0);
            }
            assertThat(engine.window("15m", NOON.minus(Duration.ofMinutes(15))).getEnergyIt3Mj())
                    .isEqualTo(2 * WH);
        }
    }

    @Test
    void a_moment_without_a_readable_model_loses_no_minute() {
        try (EngineDriver engine = engine()) {
            for (int i = 0; i <= 10; i++) {
                engine.send("pdu-a", new Sampling().register(Point.ENERGY, minutesBeforeNoon(10 - i), 10 * WH * i));
            }
            engine.model("site: [");
            engine.advanceTwice(Duration.ofSeconds(1));
            engine.model(YAML);
            settle(engine);

            Map<String, DeviceMinute> minutes = deviceMinutes(engine);
            for (int i = 1; i <= 10; i++) {
                assertThat(minutes.get(name("pdu-a", minutesBeforeNoon(i))))
                        .extracting(DeviceMinute::getEnergyMj)
                        .isEqualTo(10 * WH);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "site: [",
                "site: test2\nzone: UTC\ndevices: [{id: pdu-a, profile: rack-pdu, role: it}]\n",
                "site: test1\nzone: UTC\nlate: PT72H\ndevices: [{id: pdu-a, profile: rack-pdu, role: it}]\n"
            })
    void a_start_after_a_model_that_can_t_be_used_goes_on_with_the_one_before_it(String refused) {
        try (EngineDriver engine = engine()) {
            engine.model(refused); // both came before anybody asked: as at a start
            for (int i = 0; i <= 2; i++) {
                engine.send("pdu-a", new Sampling().register(Point.ENERGY, minutesBeforeNoon(2 - i), 10 * WH * i));
            }
            engine.advanceTwice(Duration.ofSeconds(1));

            assertThat(engine.output("hg.rejects").isEmpty()).isTrue();
            assertThat(deviceMinutes(engine).get(name("pdu-a", minutesBeforeNoon(2))))
                    .extracting(DeviceMinute::getEnergyMj)
                    .isEqualTo(10 * WH);
            assertThat(engine.read("hg.live", SiteLive::parseFrom).getLast().getModelRefused())
                    .contains("hg.sites/test1");
            engine.model(YAML);
            engine.advanceTwice(Duration.ofSeconds(2));
            assertThat(engine.read("hg.live", SiteLive::parseFrom).getLast().hasModelRefused())
                    .isFalse();
        }
    }

    @Test
    void a_pack_that_straddles_valid_to_keeps_its_valid_minutes() {
        String retired = YAML.replace(
                "{id: pdu-a, profile: rack-pdu, role: it}",
                "{id: pdu-a, profile: rack-pdu, role: it, validTo: \"2026-06-15T11:55:00Z\"}");
        try (EngineDriver engine = new EngineDriver(states, NOON, retired)) {
            Sampling pack = new Sampling();
            for (int i = 0; i <= 10; i++) {
                pack.register(Point.ENERGY, minutesBeforeNoon(10 - i), 10 * WH * i);
            }
            engine.send("pdu-a", pack);
            settle(engine);

            Map<String, DeviceMinute> minutes = deviceMinutes(engine);
            for (int i = 10; i > 5; i--) {
                assertThat(minutes.get(name("pdu-a", minutesBeforeNoon(i))))
                        .extracting(DeviceMinute::getEnergyMj)
                        .isEqualTo(10 * WH);
            }
            assertThat(minutes).hasSize(5);
        }
    }

    @Test
    void an_export_that_was_not_heard_is_absent() {
        try (EngineDriver engine = engine()) {
            for (int i = 0; i <= 2; i++) {
                engine.send(
                        "util-1", new Sampling().register(Point.ENERGY_IMPORT, minutesBeforeNoon(2 - i), 7 * WH * i));
            }
            settle(engine);

            SiteWindow minute = engine.window("1m", NOON.minus(Duration.ofMinutes(2)));
            assertThat(minute.getEnergyImportMj()).isEqualTo(7 * WH);
            assertThat(minute.hasEnergyExportMj()).isFalse();
            assertThat(deviceMinutes(engine).get(name("util-1", minutesBeforeNoon(2))))
                    .satisfies(said -> {
                        assertThat(said.hasEnergyMj())
                                .as("import without export is no net")
                                .isFalse();
                        assertThat(said.getCoverage()).isZero();
                        assertThat(said.getEnergyList())
                                .containsExactly(PointEnergy.newBuilder()
                                        .setPoint(Point.ENERGY_IMPORT.number())
                                        .setMillijoules(7 * WH)
                                        .build());
                    });
        }
    }

    @Test
    void a_power_from_the_future_gives_way_to_the_next_reading() {
        try (EngineDriver engine = engine()) {
            engine.send("pdu-a", new Sampling().gauge(Point.POWER, NOON_MILLIS + 280_000, 99_999));
            for (String device : List.of("pdu-a", "pdu-b", "util-1")) {
                engine.send(device, new Sampling().gauge(Point.POWER, NOON_MILLIS, 5));
            }
            engine.advanceTwice(Duration.ofSeconds(1));

            SiteLive live = engine.read("hg.live", SiteLive::parseFrom).getLast();
            assertThat(live.getPowerItW()).isEqualTo(10);
        }
    }

    @Test
    void what_is_forgotten_changes_no_meaning() throws ConfigurationException {
        try (EngineDriver engine = engine()) {
            List<Samples> packs = new ArrayList<>();
            for (int i = 0; i < 58 * 6; i++) { // three readings of one counter, three of another, for two days and more
                long wattHours = i / 3 % 2 == 0 ? 100_000 + i : 5 + i;
                Sampling pack = new Sampling().register(Point.ENERGY, NOON_MILLIS + i * 600_000L, wattHours * WH);
                packs.add(Samples.of("", pack.series()));
                engine.send("pdu-a", pack);
                engine.advance(Duration.ofMinutes(10));
            }
            settle(engine);

            Samples all = packs.stream().reduce(Samples.empty(), Samples::plus);
            SiteModel site = SiteFile.parse("site", YAML);
            Device device = site.device("pdu-a", NOON).orElseThrow();
            DeviceHistory history = DeviceHistory.of(site, "pdu-a");
            Evidence evidence = Evidence.of(all, history);
            deviceMinutes(engine).forEach((name, said) -> {
                long minute = said.getStartMs();
                var truth = org.heliograph.streams.energy.DeviceMinute.of(
                        history,
                        device,
                        all.around(minute, minute + MINUTE_MILLIS, RegisterMeter.CONTEXT),
                        evidence,
                        minute);
                assertThat(said)
                        .as(name)
                        .isEqualTo(DeviceMinuteMessage.of(
                                new DeviceId(EngineDriver.SITE, "pdu-a"), device, minute, truth));
            });
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void nonsense_every_second_means_the_same_in_any_order(long seed) throws ConfigurationException {
        Random random = new Random(seed);
        List<Sampling> packs = new ArrayList<>();
        long earliest = minutesBeforeNoon(30);
        for (int second = 0; second < 1800; second += 10) {
            Sampling pack = new Sampling();
            for (int i = 0; i < 10; i++) {
                int at = second + i;
                boolean isNonsense = at % 600 > 130 && at % 600 < 510; // from and to the middle of minutes
                long truth = (1000 + at) * WH;
                long shown = !isNonsense || random.nextInt(3) == 0 ? truth : random.nextLong(90_000 * WH);
                pack.register(Point.ENERGY, earliest + at * 1000L, shown);
            }
            packs.add(pack);
        }
        Samples all = packs.stream().map(pack -> Samples.of("", pack.series())).reduce(Samples.empty(), Samples::plus);
        Collections.shuffle(packs, random);
        DeviceHistory history = DeviceHistory.of(SiteFile.parse("site", YAML), "pdu-a");
        assertThat(Spans.of(all, Point.ENERGY, history)).hasSizeGreaterThan(10);
        assertSaid(said(packs, random), all, earliest);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void a_standstill_at_little_power_means_the_same_in_any_order(long seed) throws ConfigurationException {
        Random random = new Random(seed);
        int minutes = 150;
        long earliest = minutesBeforeNoon(minutes);
        int every = 10 + random.nextInt(80);
        double watts = 30 + random.nextInt(500);
        boolean catchesUp = random.nextBoolean();
        long frozenFrom = random.nextInt(40) * MINUTE_MILLIS;
        long frozenTo = frozenFrom + (5 + random.nextInt(90)) * MINUTE_MILLIS;
        List<Sampling> packs = new ArrayList<>();
        for (long at = random.nextInt(every * 1000); at < minutes * MINUTE_MILLIS; at += every * 1000L) {
            long shown = at > frozenFrom && at < frozenTo ? frozenFrom : at;
            long missed = at >= frozenTo && !catchesUp ? frozenTo - frozenFrom : 0;
            Sampling pack = new Sampling();
            if (random.nextInt(20) > 0) {
                pack.register(Point.ENERGY, earliest + at, 1000 * WH + Math.round((shown - missed) * watts) / WH * WH);
            }
            if (random.nextInt(20) > 0 || pack.isEmpty()) {
                pack.gauge(Point.POWER, earliest + at, watts);
            }
            packs.add(pack);
        }
        Samples all = packs.stream().map(pack -> Samples.of("", pack.series())).reduce(Samples.empty(), Samples::plus);
        switch ((int) (seed % 3)) {
            case 0 -> Collections.shuffle(packs, random);
            case 1 -> Collections.rotate(packs, random.nextInt(packs.size()));
            default -> Collections.reverse(packs);
        }
        assertSaid(said(packs, random), all, earliest);
    }

    /** What is said last of each minute of a device whose packs come in that order, with time between them now and then. */
    private Map<String, DeviceMinute> said(List<Sampling> packs, Random random) {
        try (EngineDriver engine = engine()) {
            for (Sampling pack : packs) {
                engine.send("pdu-a", pack);
                if (random.nextInt(4) == 0) {
                    engine.advance(Duration.ofSeconds(1));
                }
            }
            settle(engine);
            return deviceMinutes(engine);
        }
    }

    /** What was said last of each minute of a device is what all of its samples say. */
    private static void assertSaid(Map<String, DeviceMinute> said, Samples all, long earliest)
            throws ConfigurationException {
        SiteModel site = SiteFile.parse("site", YAML);
        Device device = site.device("pdu-a", NOON).orElseThrow();
        DeviceHistory history = DeviceHistory.of(site, "pdu-a");
        Evidence evidence = Evidence.of(all, history);
        for (long minute = earliest; minute < NOON_MILLIS; minute += MINUTE_MILLIS) {
            var truth = org.heliograph.streams.energy.DeviceMinute.of(
                    history,
                    device,
                    all.around(minute, minute + MINUTE_MILLIS, RegisterMeter.CONTEXT),
                    evidence,
                    minute);
            DeviceMinute expected =
                    DeviceMinuteMessage.of(new DeviceId(EngineDriver.SITE, "pdu-a"), device, minute, truth);
            DeviceMinute unsaid = truth.isVoid() ? expected : DeviceMinute.getDefaultInstance();
            assertThat(said.getOrDefault(name("pdu-a", minute), unsaid))
                    .as(name("pdu-a", minute))
                    .isEqualTo(expected);
        }
    }

    @Test
    void power_that_comes_late_decides_about_the_step_after_a_standstill() {
        Map<String, DeviceMinute> inOrder = standstill(0);
        Map<String, DeviceMinute> late = standstill(45);
        assertThat(late.values().stream().mapToLong(DeviceMinute::getEnergyMj).sum())
                .isEqualTo(49_200 * WH);
        assertThat(late).isEqualTo(inOrder);
    }

    /** It had frozen at 3 kW, and gave 0 before it was right again. */
    @ParameterizedTest
    @ValueSource(ints = {0, 20})
    void power_that_comes_late_decides_about_the_glitch_after_a_standstill(int lateFrom) throws ConfigurationException {
        List<Sampling> packs = new ArrayList<>();
        List<Sampling> late = new ArrayList<>();
        for (int i = 0; i <= 120; i++) {
            long at = minutesBeforeNoon(120 - i);
            boolean isFrozen = i > 20 && i < 90;
            long shown = i == 90 ? 0 : 1000L + 50L * (isFrozen ? 20 : i);
            packs.add(new Sampling().register(Point.ENERGY, at, shown * WH));
            boolean isOff = i >= 85 && i < 90; // too near the glitch for its minute to be measured again by itself
            (i >= lateFrom && i < 85 ? late : packs).add(new Sampling().gauge(Point.POWER, at, isOff ? 0 : 3000));
        }
        Samples all = Stream.concat(packs.stream(), late.stream())
                .map(pack -> Samples.of("", pack.series()))
                .reduce(Samples.empty(), Samples::plus);
        try (EngineDriver engine = engine()) {
            packs.forEach(pack -> engine.send("pdu-a", pack));
            settle(engine);
            late.forEach(pack -> engine.send("pdu-a", pack));
            settle(engine);
            Map<String, DeviceMinute> said = deviceMinutes(engine);
            assertSaid(said, all, minutesBeforeNoon(120));
            assertThat(said.values().stream()
                            .mapToLong(DeviceMinute::getEnergyMj)
                            .sum())
                    .isEqualTo(6000 * WH);
        }
    }

    /**
     * Twenty minutes at 24 kW, then 984: the register is frozen for most of the former, and shows the truth again with the
     * first reading of the latter. That it isn't the counter that stood still can be told only from all of the power.
     */
    private Map<String, DeviceMinute> standstill(int minutesLate) {
        try (EngineDriver engine = engine()) {
            List<Sampling> powers = new ArrayList<>();
            for (int i = 0; i <= 23; i++) {
                long at = minutesBeforeNoon(60 - i);
                long wattHours = 1000L + 400L * i + (i <= 20 ? 0 : 8000 + 16_000L * (i - 21));
                long shown = i > 1 && i <= 20 ? 1400 : wattHours;
                engine.send("ups-1", new Sampling().register(Point.ENERGY, at, shown * WH));
                Sampling power = new Sampling().gauge(Point.POWER, at, i <= 20 ? 24_000 : 984_000);
                if (minutesLate > 0 && i < 17) {
                    powers.add(power);
                } else {
                    engine.send("ups-1", power);
                }
            }
            settle(engine);
            engine.advance(Duration.ofMinutes(minutesLate));
            powers.forEach(power -> engine.send("ups-1", power));
            settle(engine);
            return deviceMinutes(engine);
        }
    }

    @Test
    void the_oldest_minute_that_may_change_keeps_all_of_its_devices() {
        Duration retention = Duration.ofHours(50);
        try (EngineDriver engine = engine()) {
            for (String device : List.of("pdu-a", "pdu-b")) {
                engine.send(
                        device,
                        new Sampling()
                                .register(Point.ENERGY, minutesBeforeNoon(1), WH)
                                .register(Point.ENERGY, NOON_MILLIS - 30_000, 2 * WH));
            }
            engine.send("pdu-b", new Sampling().register(Point.ENERGY, NOON_MILLIS, 3 * WH));
            settle(engine);
            engine.advance(retention.minus(Duration.ofSeconds(50 * 60 + 30))); // half past that minute: forgets
            engine.send(
                    "pdu-a",
                    new Sampling().register(Point.ENERGY, NOON_MILLIS + retention.toMillis() - 30_000, 10 * WH));
            engine.advanceTwice(Duration.ofSeconds(10));
            settle(engine);

            assertThat(engine.window("1m", NOON.minus(Duration.ofMinutes(1))).getEnergyIt3Mj())
                    .isGreaterThan(3 * WH);
        }
    }
}
