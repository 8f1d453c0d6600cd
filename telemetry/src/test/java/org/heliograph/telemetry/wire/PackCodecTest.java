package org.heliograph.telemetry.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.wire.v1.Pack;
import org.heliograph.telemetry.wire.v1.PointSeries;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackCodecTest {
    private static final long LAST_TIME = 253_402_300_799_999L;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void what_is_encoded_is_decoded_bit_for_bit(long seed) throws MalformedPackException {
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            Dispatch pack = pack(random);
            byte[] bytes = PackCodec.encode(pack);
            assertThat(PackCodec.decode(bytes)).isEqualTo(pack);
            assertThat(PackCodec.encode(pack)).isEqualTo(bytes);
        }
    }

    @Test
    void the_extremes_of_time_and_energy_survive() throws MalformedPackException {
        Readings readings = new Readings(
                new DeviceId("casa1", "inv-01"),
                "",
                List.of(
                        new Series.Register(Point.ENERGY, new long[] {0, 1, LAST_TIME}, new long[] {
                            Long.MAX_VALUE, 0, Long.MAX_VALUE
                        }),
                        new Series.Gauge(Point.POWER, new long[] {0, 1, 2, 3}, new double[] {
                            -0.0, Double.MIN_VALUE, Double.MAX_VALUE, -Double.MAX_VALUE
                        })));
        Origin origin = new Origin("edge-1", Long.MIN_VALUE, Long.MAX_VALUE);
        assertThat(PackCodec.decode(PackCodec.encode(readings, origin)))
                .isEqualTo(Dispatch.of(readings, origin, ClockQuality.UNKNOWN));
    }

    @Test
    void a_serial_number_with_half_a_character_is_encoded_all_the_same() throws MalformedPackException {
        Readings readings = new Readings(
                new DeviceId("casa1", "inv-01"),
                "A\ud800",
                List.of(new Series.Gauge(Point.POWER, new long[] {1}, new double[] {1})));
        byte[] bytes = PackCodec.encode(readings, new Origin("edge-1", 1, 0));
        assertThat(PackCodec.decode(bytes).readings().orElseThrow().serial()).isEqualTo("A?");
    }

    @Test
    void a_regular_minute_of_an_inverter_costs_few_bytes_a_sample() {
        Readings readings = minute(1_782_900_000_000L);
        byte[] bytes = PackCodec.encode(readings, new Origin("edge-1", 0x1234_5678_9abc_def0L, 4711));
        assertThat(bytes.length).isLessThan(readings.size() * 12);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void random_bytes_are_malformed_or_a_pack_but_never_another_failure(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            decodeOrRefuse(bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void a_pack_with_flipped_cut_or_repeated_bytes_is_malformed_or_a_pack_but_never_another_failure(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            Dispatch pack = pack(random);
            byte[] bytes = PackCodec.encode(pack);
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            int from = random.nextInt(bytes.length);
            decodeOrRefuse(Arrays.copyOf(bytes, random.nextInt(2 * bytes.length)));
            decodeOrRefuse(Arrays.copyOfRange(bytes, from, bytes.length));
        }
    }

    @Test
    void a_pack_cut_anywhere_never_passes_for_the_whole() throws MalformedPackException {
        byte[] bytes = PackCodec.encode(minute(1_782_900_000_000L), new Origin("edge-1", 1, 2));
        Readings whole = PackCodec.decode(bytes).readings().orElseThrow();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            try {
                // a cut between two fields is a shorter message, to protobuf; record batches carry checksums
                assertThat(PackCodec.decode(cut).readings()).isNotEqualTo(Optional.of(whole));
            } catch (MalformedPackException e) {
                assertThat(e).hasMessageMatching("(?s).+");
            }
        }
    }

    @Test
    void a_record_without_a_value_is_malformed() {
        assertThatThrownBy(() -> PackCodec.decode(null))
                .isInstanceOf(MalformedPackException.class)
                .hasMessage("no value");
        assertMalformed(Pack.newBuilder(), "'' is not a site name");
    }

    @Test
    void a_name_that_is_none_is_malformed() {
        assertMalformed(valid().setSite("../etc"), "'../etc' is not a site name");
        assertMalformed(valid().setDevice("inv/01"), "'inv/01' is not a device name");
    }

    @Test
    void a_pack_without_series_is_malformed() {
        assertMalformed(valid().clearSeries(), "no readings of casa1/inv-01");
    }

    @Test
    void a_pack_may_carry_losses_or_presence_alone() throws MalformedPackException {
        DeviceId device = new DeviceId("casa1", "inv-01");
        Origin origin = new Origin("edge-1", 7, 0, true);
        Loss loss =
                new Loss(Loss.THINNED, 6, List.of(new SequenceRange(3, 5)), 3, 180, Optional.empty(), Optional.empty());
        for (Dispatch dispatch : List.of(
                Dispatch.of(device, origin, List.of(loss)),
                Dispatch.of(device, origin, Presence.offline(Instant.EPOCH, "death")))) {
            assertThat(PackCodec.decode(PackCodec.encode(dispatch))).isEqualTo(dispatch);
        }
    }

    @Test
    void a_clock_quality_of_a_newer_agent_is_unknown() throws MalformedPackException {
        byte[] newer = valid().setClockValue(99).build().toByteArray();
        assertThat(PackCodec.decode(newer).clock()).isEqualTo(ClockQuality.UNKNOWN);
    }

    @Test
    void a_loss_that_contradicts_itself_is_malformed() {
        assertMalformed(with(loss().clearReason()), "a loss without a reason");
        assertMalformed(with(loss().setPacks(3)), "a loss of 3 packs has 2 numbers");
        assertMalformed(with(loss().setPacks(-1)), "a loss of -1 packs and 0 readings");
        assertMalformed(with(loss().addRanges(range(4, 3))), "no range of numbers: 4 to 3");
        assertMalformed(with(loss().addRanges(range(-1, 3))), "no range of numbers: -1 to 3");
        assertMalformed(
                with(loss().addRanges(range(2, 3)).setPacks(4)), "ranges of numbers are not ascending and apart");
        assertMalformed(with(loss().clearRanges().addRanges(range(0, Long.MAX_VALUE))), "a loss of 2 packs has");
        assertMalformed(with(loss().setFromMs(-1)), "time out of range: -1 ms");
    }

    @Test
    void a_presence_outside_time_is_malformed() {
        assertMalformed(
                valid().setPresence(org.heliograph.telemetry.wire.v1.Presence.newBuilder()
                        .setSinceMs(-1)),
                "time out of range: -1 ms");
    }

    private static Pack.Builder with(org.heliograph.telemetry.wire.v1.Loss.Builder loss) {
        return valid().addLosses(loss);
    }

    private static org.heliograph.telemetry.wire.v1.Loss.Builder loss() {
        return org.heliograph.telemetry.wire.v1.Loss.newBuilder()
                .setReason(Loss.DROPPED_OLDEST)
                .setPacks(2)
                .addRanges(range(0, 1));
    }

    private static org.heliograph.telemetry.wire.v1.SequenceRange range(long first, long last) {
        return org.heliograph.telemetry.wire.v1.SequenceRange.newBuilder()
                .setFirst(first)
                .setLast(last)
                .build();
    }

    @Test
    void a_point_that_appears_twice_is_malformed() {
        assertMalformed(valid().addSeries(gauge().build()), "a point of casa1/inv-01 appears twice");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 25, 1_000_000, -1})
    void an_unknown_point_number_is_malformed(int number) {
        assertMalformed(
                valid().addSeries(gauge().setPoint(number)),
                "unknown point number " + Integer.toUnsignedString(number));
    }

    @Test
    void counts_that_do_not_match_are_malformed() {
        assertMalformed(with(gauge().addOffsetMs(5)), "3 times for 2 values");
        assertMalformed(with(gauge().addValue(5)), "2 times for 3 values");
        assertMalformed(with(register().addOffsetMs(5)), "3 times for 2 values");
        assertMalformed(with(register().addMillijoules(5)), "2 times for 3 values");
        assertMalformed(with(PointSeries.newBuilder().setPoint(1)), "0 times for 0 values");
    }

    @Test
    void values_of_the_other_kind_of_point_are_malformed() {
        assertMalformed(with(gauge().addMillijoules(5)), "power has the values of another kind of point");
        assertMalformed(with(register().addValue(5)), "energy has the values of another kind of point");
        assertMalformed(with(register().setPoint(1)), "power has the values of another kind of point");
    }

    @Test
    void times_that_do_not_ascend_are_malformed() {
        assertMalformed(with(gauge().setOffsetMs(1, -1_000)), "times do not ascend at sample 1");
        assertMalformed(with(gauge().setOffsetMs(1, -2_000)), "times do not ascend at sample 1");
    }

    @Test
    void times_that_overflow_or_leave_the_range_are_malformed() {
        assertMalformed(with(gauge().setOffsetMs(1, Long.MAX_VALUE)), "1782900000000 and 9223372036854775807 overflow");
        assertMalformed(valid().setBaseMs(Long.MIN_VALUE), "-9223372036854775808 and -1000 overflow");
        assertMalformed(valid().setBaseMs(0), "time out of range: -1000 ms");
        assertMalformed(valid().setBaseMs(LAST_TIME + 1), "time out of range: 253402300800000 ms");
    }

    @Test
    void energies_that_overflow_or_fall_below_zero_are_malformed() {
        assertMalformed(
                with(register().setMillijoules(0, Long.MAX_VALUE).setMillijoules(1, 1)),
                "9223372036854775807 and 1 overflow");
        assertMalformed(with(register().setMillijoules(1, -101)), "energy is negative: -1 mJ");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void a_value_that_is_not_finite_is_malformed(double value) {
        assertMalformed(with(gauge().setValue(0, value)), "power is " + value);
    }

    @Test
    void a_negative_sequence_is_malformed() {
        assertMalformed(valid().setSequence(-1), "negative sequence -1");
    }

    private static void assertMalformed(Pack.Builder pack, String message) {
        assertThatThrownBy(() -> PackCodec.decode(pack.build().toByteArray()))
                .isInstanceOf(MalformedPackException.class)
                .hasMessageStartingWith(message);
    }

    private static void decodeOrRefuse(byte[] bytes) {
        try {
            Dispatch pack = PackCodec.decode(bytes);
            // what passes is sound enough to go on: it encodes again, to the same readings
            assertThat(PackCodec.decode(PackCodec.encode(pack))).isEqualTo(pack);
        } catch (MalformedPackException e) {
            assertThat(e.getMessage()).isNotEmpty();
        } catch (RuntimeException e) {
            fail("bytes " + Arrays.toString(bytes), e);
        }
    }

    private static Pack.Builder valid() {
        return with(gauge()).setAgent("edge-1");
    }

    private static Pack.Builder with(PointSeries.Builder series) {
        return Pack.newBuilder()
                .setSite("casa1")
                .setDevice("inv-01")
                .setBaseMs(1_782_900_000_000L)
                .addSeries(series);
    }

    private static PointSeries.Builder gauge() {
        return PointSeries.newBuilder()
                .setPoint(Point.POWER.number())
                .addOffsetMs(-1_000)
                .addOffsetMs(0)
                .addValue(1.5)
                .addValue(2.5);
    }

    private static PointSeries.Builder register() {
        return PointSeries.newBuilder()
                .setPoint(Point.ENERGY.number())
                .addOffsetMs(-1_000)
                .addOffsetMs(0)
                .addMillijoules(100)
                .addMillijoules(50);
    }

    private static Readings minute(long startMillis) {
        long[] times = new long[60];
        long[] millijoules = new long[60];
        double[] watts = new double[60];
        for (int i = 0; i < 60; i++) {
            times[i] = startMillis + 1_000L * i;
            millijoules[i] = 3_600_000L * 123_456_789 + 40_000_000L * i;
            watts[i] = 40_000 + i / 7.0;
        }
        return new Readings(
                new DeviceId("casa1", "inv-01"),
                "SN-0815",
                List.of(
                        new Series.Register(Point.ENERGY, times, millijoules),
                        new Series.Gauge(Point.POWER, times, watts)));
    }

    private static Dispatch pack(Random random) {
        List<Series> series = new ArrayList<>();
        for (Point point : Point.values()) {
            if (random.nextInt(4) == 0 || (series.isEmpty() && point == Point.LOAD)) {
                series.add(series(point, random));
            }
        }
        DeviceId device = new DeviceId("site" + random.nextInt(3), "device-" + random.nextInt(1_000));
        Optional<Presence> presence = random.nextInt(4) > 0
                ? Optional.empty()
                : Optional.of(
                        new Presence(random.nextBoolean(), instant(random), random.nextBoolean() ? "" : "is dead"));
        List<Loss> losses = random.nextInt(4) > 0 ? List.of() : List.of(loss(random), loss(random));
        boolean bare = random.nextInt(4) == 0 && (presence.isPresent() || !losses.isEmpty());
        return new Dispatch(
                device,
                new Origin(
                        "edge-" + random.nextInt(9), random.nextLong(), random.nextLong() >>> 1, random.nextBoolean()),
                bare
                        ? Optional.empty()
                        : Optional.of(
                                new Readings(device, random.nextBoolean() ? "" : "SN é " + random.nextInt(), series)),
                List.of(ClockQuality.values()).get(random.nextInt(ClockQuality.values().length)),
                losses,
                presence);
    }

    private static Loss loss(Random random) {
        List<SequenceRange> ranges = new ArrayList<>();
        long next = random.nextInt(10);
        for (int i = random.nextInt(4); i > 0; i--) {
            long last = next + random.nextInt(1_000);
            ranges.add(new SequenceRange(next, last));
            next = last + 2 + random.nextInt(10);
        }
        long numbered = ranges.stream().mapToLong(SequenceRange::size).sum();
        return new Loss(
                Loss.DROPPED_OLDEST,
                random.nextLong(),
                ranges,
                ranges.isEmpty() ? random.nextLong() >>> 1 : numbered,
                random.nextLong() >>> 1,
                random.nextBoolean() ? Optional.empty() : Optional.of(instant(random)),
                random.nextBoolean() ? Optional.empty() : Optional.of(instant(random)));
    }

    private static Instant instant(Random random) {
        return Instant.ofEpochMilli(random.nextLong(LAST_TIME + 1));
    }

    private static Series series(Point point, Random random) {
        int size = 1 + random.nextInt(5);
        long[] times = random.longs(0, random.nextBoolean() ? LAST_TIME + 1 : 100)
                .distinct()
                .limit(size)
                .sorted()
                .toArray();
        if (point.isRegister()) {
            return new Series.Register(
                    point,
                    times,
                    random.longs(size)
                            .map(value -> value >>> (1 + random.nextInt(62)))
                            .toArray());
        }
        return new Series.Gauge(
                point,
                times,
                random.longs()
                        .mapToDouble(bits -> random.nextBoolean() ? Double.longBitsToDouble(bits) : bits % 1_000)
                        .filter(Double::isFinite)
                        .limit(size)
                        .toArray());
    }
}
