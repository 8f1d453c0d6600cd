package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.streams.factor.IntensityPoint;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.site.BranchShare;
import org.heliograph.streams.site.DeviceSet;
import org.heliograph.streams.site.RoleSum;
import org.heliograph.streams.site.RoleSums;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.streams.topology.state.FactorStore;
import org.heliograph.streams.topology.state.Shares;
import org.heliograph.streams.topology.state.v1.FactorNews;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/** Some minutes of each day, versions of factors and points of a series, drawn from a seed, and what they come to. */
final class FactorWorld {
    static final Instant START = Instant.parse("2026-10-20T00:00:00Z");
    static final int DAYS = 130;
    /** A second site of the partition, of which the same is heard. */
    static final String OTHER = "test2";

    private static final long MINUTE_MILLIS = 60_000;

    private final Random random;
    private final TreeMap<Long, Share> shares = new TreeMap<>();
    private final List<SitePartition.Input> minutes = new ArrayList<>();
    private final List<SitePartition.Input> news = new ArrayList<>();
    private final Map<String, EmissionFactor> versions = new HashMap<>();
    private final TreeMap<Long, IntensityPoint> points = new TreeMap<>();

    FactorWorld(Random random) {
        this.random = random;
        for (int day = 0; day < DAYS; day++) {
            for (int i = random.nextInt(5); i > 0; i--) {
                minute(day * 1440L + random.nextInt(1440));
            }
        }
        for (int version = 1; version <= 8; version++) {
            int from = random.nextInt(DAYS * 1440);
            boolean all = random.nextInt(3) == 0;
            news(
                    version(
                            version,
                            all ? 0 : from,
                            all ? DAYS * 1440 : from + random.nextInt(60 * 1440),
                            random.nextInt(900)),
                    random.nextInt(DAYS));
        }
        if (random.nextInt(3) > 0) {
            news(factor("diesel", 1, 0, DAYS * 1440, 700), random.nextInt(DAYS));
        }
        for (int i = 0; i < 20; i++) {
            points();
        }
    }

    /** Of a minute of the site. */
    record Share(long imported, long exported, long pv, long generated, long it, int heard) {
        boolean heard(int role) {
            return (heard >> role & 1) == 1;
        }

        SiteInput input(long minuteMillis) {
            Map<Role, RoleSum> roles = new HashMap<>();
            put(roles, Role.GRID, RoleSums.of(imported, exported, heard(0) ? 1 : 0, 1, 0));
            put(roles, Role.PV, RoleSums.of(pv, 0, heard(1) ? 1 : 0, 0, 0));
            put(roles, Role.GENERATOR, RoleSums.of(generated, 0, heard(2) ? 1 : 0, 0, 0));
            put(roles, Role.IT, RoleSums.of(it, 0, heard(3) ? 1 : 0, 0, 0));
            Map<String, BranchShare> branches = heard(0) && heard(3)
                    ? Map.of(
                            "util-1",
                            new BranchShare(
                                    imported - exported,
                                    1,
                                    it,
                                    DeviceSet.of("pdu-1"),
                                    imported / 100,
                                    new BranchShare.Heaviest("pdu-1", it)))
                    : Map.of();
            return SiteInput.newBuilder()
                    .setMinute(Shares.encode(new SiteShare(roles, branches)).setMinuteMs(minuteMillis))
                    .build();
        }

        private static void put(Map<Role, RoleSum> roles, Role role, RoleSum sum) {
            if (sum.covered().count() > 0 || sum.forwardMillijoules() % 2 == 0) { // else nothing of it was heard
                roles.put(role, sum);
            }
        }
    }

    void minute(long minute) {
        long millis = at(minute).toEpochMilli();
        if (shares.containsKey(millis)) {
            return;
        }
        long heardMillis = millis + MINUTE_MILLIS + random.nextInt(5_000);
        for (int said = 0; said <= random.nextInt(3) / 2; said++) { // some are stated anew, later
            long exported = random.nextLong(1_000_000_000);
            Share share = new Share(
                    random.nextLong(40_000_000_000L),
                    exported,
                    exported + random.nextLong(20_000_000_000L),
                    random.nextInt(6) == 0 ? random.nextLong(1_000_000_000) : 0,
                    random.nextLong(30_000_000_000L),
                    random.nextInt(4) == 0 ? random.nextInt(16) : 15);
            minutes.add(new SitePartition.Input(
                    share.input(millis),
                    heardMillis
                            + (long) said
                                    * random.nextInt((int) Duration.ofHours(47).toMillis())));
            shares.put(millis, share);
        }
    }

    void news(SiteInput input, int day) {
        news.add(new SitePartition.Input(
                input, at(day * 1440L + random.nextInt(1440)).toEpochMilli()));
    }

    SiteInput version(int version, int from, int to, int grams) {
        return factor("f", version, from, to, grams);
    }

    SiteInput factor(String id, int version, int from, int to, int grams) {
        EmissionFactor factor = EmissionFactor.published(
                id, "" + version, "s", grams * 1_000_000L + version, at(from), at(Math.max(from + 1L, to)));
        versions.put(id + version, factor);
        return SiteInput.newBuilder()
                .setFactor(FactorNews.newBuilder().setId(id).setPublished(FactorStore.encode(factor)))
                .build();
    }

    /** A day's points, of which some have been stated before. */
    private void points() {
        int day = random.nextInt(DAYS);
        Instant updated = Instant.ofEpochSecond(random.nextInt(1_000_000));
        FactorNews.Builder stated = FactorNews.newBuilder().setId("electricitymaps-XX");
        for (int hour = random.nextInt(12); hour < 24; hour += 1 + random.nextInt(6)) {
            IntensityPoint point = new IntensityPoint(
                    at(day * 1440L + hour * 60L + 7),
                    Duration.ofHours(1),
                    updated,
                    random.nextBoolean(),
                    random.nextInt(900_000_000));
            stated.addPoints(FactorStore.encode(point));
            points.merge(point.time().toEpochMilli(), point, (one, other) -> other.replaces(one) ? other : one);
        }
        news(SiteInput.newBuilder().setFactor(stated).build(), Math.min(DAYS, day + random.nextInt(60)));
    }

    /** No minute and no factor. */
    static FactorWorld empty(Random random) {
        FactorWorld world = new FactorWorld(random);
        world.shares.clear();
        world.minutes.clear();
        world.forgetFactors();
        return world;
    }

    static FactorWorld withoutFactors() {
        FactorWorld world = new FactorWorld(new Random(3));
        world.forgetFactors();
        return world;
    }

    /** Two factors that are known from the beginning, and nothing else. */
    static FactorWorld ofTwoFactors() {
        FactorWorld world = withoutFactors();
        world.news(world.version(1, 0, DAYS * 1440, 500), 0);
        world.news(world.factor("g", 1, 0, DAYS * 1440, 500), 0);
        return world;
    }

    private void forgetFactors() {
        news.clear();
        versions.clear();
        points.clear();
    }

    void heard(SitePartition.Input minute) {
        minutes.add(minute);
    }

    private List<SitePartition.Input> minutesOfBoth() {
        List<SitePartition.Input> all = new ArrayList<>(minutes);
        minutes.forEach(minute -> all.add(new SitePartition.Input(OTHER, minute.input(), minute.clockMillis())));
        return all;
    }

    List<SitePartition.Input> inTheirTime() {
        List<SitePartition.Input> all = minutesOfBoth();
        all.addAll(news);
        all.sort(Comparator.comparingLong(SitePartition.Input::clockMillis));
        return all;
    }

    /** Those before a moment. */
    List<SitePartition.Input> inTheirTime(Instant end) {
        return inTheirTime().stream()
                .filter(input -> input.clockMillis() < end.toEpochMilli())
                .toList();
    }

    List<SitePartition.Input> factorsFirst() {
        List<SitePartition.Input> all = new ArrayList<>();
        news.forEach(input -> all.add(new SitePartition.Input(input.input(), START.toEpochMilli())));
        all.addAll(minutesOfBoth());
        all.sort(Comparator.comparingLong(SitePartition.Input::clockMillis));
        return all;
    }

    long endMillis() {
        return at(DAYS * 1440L).toEpochMilli();
    }

    private static Instant at(long minute) {
        return START.plusSeconds(60 * minute);
    }

    /** What the windows come to, by what is known in the end. */
    void assertWindows(Map<String, SiteWindow> said, ZoneId zone) {
        Map<String, ExpectedCarbon> expected = new TreeMap<>();
        shares.forEach((millis, share) -> {
            Instant at = Instant.ofEpochMilli(millis);
            for (Window window : Window.values()) {
                expected.computeIfAbsent(window.label() + "@" + window.startOf(at, zone), _ -> new ExpectedCarbon())
                        .add(share, intensity(millis), version("f", at), version("diesel", at));
            }
        });
        assertThat(said.keySet()).isEqualTo(expected.keySet());
        said.forEach((name, window) -> assertThat(ExpectedCarbon.of(window))
                .as(name)
                .isEqualTo(expected.getOrDefault(name, new ExpectedCarbon()).figures()));
    }

    private OptionalLong intensity(long millis) {
        Map.Entry<Long, IntensityPoint> point = points.floorEntry(millis);
        return point != null && millis < point.getKey() + Duration.ofHours(3).toMillis()
                ? OptionalLong.of(point.getValue().microgramsPerKilowattHour())
                : version("f", Instant.ofEpochMilli(millis));
    }

    private OptionalLong version(String id, Instant at) {
        return versions.values().stream()
                .filter(factor -> factor.id().equals(id) && factor.isValidAt(at))
                .max(Comparator.comparingInt(factor -> Integer.parseInt(factor.version())))
                .map(factor -> OptionalLong.of(factor.microgramsPerKilowattHour()))
                .orElse(OptionalLong.empty());
    }
}
