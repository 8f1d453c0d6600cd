package org.heliograph.telemetry.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.wire.v1.Pack;
import org.heliograph.telemetry.wire.v1.PointSeries;
import org.jspecify.annotations.Nullable;

/** What is dispatched to and from the value of a {@code hg.telemetry} record. */
public final class PackCodec {
    private PackCodec() {}

    public static byte[] encode(Readings readings, Origin origin) {
        return encode(Dispatch.of(readings, origin, ClockQuality.UNKNOWN));
    }

    public static byte[] encode(Dispatch dispatch) {
        Origin origin = dispatch.origin();
        Pack.Builder pack = Pack.newBuilder()
                .setSite(dispatch.device().site())
                .setDevice(dispatch.device().device())
                .setAgent(origin.agent())
                .setBoot(origin.boot())
                .setSequence(origin.sequence())
                .setReport(origin.report())
                .setClock(encode(dispatch.clock()));
        dispatch.readings().ifPresent(readings -> {
            long baseMillis = readings.latest().toEpochMilli();
            pack.setSerial(readings.serial()).setBaseMs(baseMillis);
            readings.series().forEach(series -> pack.addSeries(encode(series, baseMillis)));
        });
        dispatch.losses().forEach(loss -> pack.addLosses(encode(loss)));
        dispatch.presence().ifPresent(presence -> pack.setPresence(encode(presence)));
        return pack.build().toByteArray();
    }

    /** What was dispatched; empty where the bytes are no pack, for who hasn't to say why. */
    public static Optional<Dispatch> read(byte[] value) {
        try {
            return Optional.of(decode(value));
        } catch (MalformedPackException _) {
            return Optional.empty();
        }
    }

    /**
     * What was dispatched.
     *
     * @param value null for a record without a value
     * @throws MalformedPackException with a sentence that says why the bytes are no pack
     */
    public static Dispatch decode(byte @Nullable [] value) throws MalformedPackException {
        if (value == null) {
            throw new MalformedPackException("no value");
        }
        try {
            Pack pack = Pack.parseFrom(value);
            DeviceId device = new DeviceId(pack.getSite(), pack.getDevice());
            return new Dispatch(
                    device,
                    new Origin(pack.getAgent(), pack.getBoot(), pack.getSequence(), pack.getReport()),
                    readings(device, pack),
                    decode(pack.getClock()),
                    losses(pack),
                    pack.hasPresence() ? Optional.of(decode(pack.getPresence())) : Optional.empty());
        } catch (InvalidProtocolBufferException e) {
            throw new MalformedPackException("not a protobuf Pack: " + e.getMessage(), e);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new MalformedPackException(String.valueOf(e.getMessage()), e);
        }
    }

    private static Optional<Readings> readings(DeviceId device, Pack pack) {
        if (pack.getSeriesCount() == 0) {
            return Optional.empty();
        }
        List<Series> series = new ArrayList<>(pack.getSeriesCount());
        for (PointSeries points : pack.getSeriesList()) {
            series.add(decode(points, pack.getBaseMs()));
        }
        return Optional.of(new Readings(device, pack.getSerial(), series));
    }

    private static List<Loss> losses(Pack pack) {
        return pack.getLossesCount() == 0
                ? List.of()
                : pack.getLossesList().stream().map(PackCodec::decode).toList();
    }

    private static org.heliograph.telemetry.wire.v1.ClockQuality encode(ClockQuality clock) {
        return switch (clock) {
            case UNKNOWN -> org.heliograph.telemetry.wire.v1.ClockQuality.CLOCK_QUALITY_UNSPECIFIED;
            case DEVICE -> org.heliograph.telemetry.wire.v1.ClockQuality.CLOCK_QUALITY_DEVICE;
            case ARRIVAL -> org.heliograph.telemetry.wire.v1.ClockQuality.CLOCK_QUALITY_ARRIVAL;
            case RESTAMPED -> org.heliograph.telemetry.wire.v1.ClockQuality.CLOCK_QUALITY_RESTAMPED;
            case UNSYNCHRONISED -> org.heliograph.telemetry.wire.v1.ClockQuality.CLOCK_QUALITY_UNSYNCHRONISED;
        };
    }

    private static ClockQuality decode(org.heliograph.telemetry.wire.v1.ClockQuality clock) {
        return switch (clock) {
            case CLOCK_QUALITY_DEVICE -> ClockQuality.DEVICE;
            case CLOCK_QUALITY_ARRIVAL -> ClockQuality.ARRIVAL;
            case CLOCK_QUALITY_RESTAMPED -> ClockQuality.RESTAMPED;
            case CLOCK_QUALITY_UNSYNCHRONISED -> ClockQuality.UNSYNCHRONISED;
            case CLOCK_QUALITY_UNSPECIFIED, UNRECOGNIZED -> ClockQuality.UNKNOWN;
        };
    }

    private static org.heliograph.telemetry.wire.v1.Loss encode(Loss loss) {
        org.heliograph.telemetry.wire.v1.Loss.Builder built = org.heliograph.telemetry.wire.v1.Loss.newBuilder()
                .setReason(loss.reason())
                .setBoot(loss.boot())
                .setPacks(loss.packs())
                .setReadings(loss.readings());
        for (SequenceRange range : loss.ranges()) {
            built.addRangesBuilder().setFirst(range.first()).setLast(range.last());
        }
        loss.from().ifPresent(time -> built.setFromMs(time.toEpochMilli()));
        loss.to().ifPresent(time -> built.setToMs(time.toEpochMilli()));
        return built.build();
    }

    private static Loss decode(org.heliograph.telemetry.wire.v1.Loss loss) {
        return new Loss(
                loss.getReason(),
                loss.getBoot(),
                loss.getRangesList().stream()
                        .map(range -> new SequenceRange(range.getFirst(), range.getLast()))
                        .toList(),
                loss.getPacks(),
                loss.getReadings(),
                loss.hasFromMs() ? Optional.of(Instant.ofEpochMilli(loss.getFromMs())) : Optional.empty(),
                loss.hasToMs() ? Optional.of(Instant.ofEpochMilli(loss.getToMs())) : Optional.empty());
    }

    private static org.heliograph.telemetry.wire.v1.Presence encode(Presence presence) {
        return org.heliograph.telemetry.wire.v1.Presence.newBuilder()
                .setOnline(presence.online())
                .setSinceMs(presence.since().toEpochMilli())
                .setReason(presence.reason())
                .build();
    }

    private static Presence decode(org.heliograph.telemetry.wire.v1.Presence presence) {
        return new Presence(presence.getOnline(), Instant.ofEpochMilli(presence.getSinceMs()), presence.getReason());
    }

    public static PointSeries encode(Series series, long baseMillis) {
        PointSeries.Builder points =
                PointSeries.newBuilder().setPoint(series.point().number());
        for (int i = 0; i < series.size(); i++) {
            points.addOffsetMs(series.timeMillis(i) - baseMillis);
        }
        switch (series) {
            case Series.Register register -> {
                long before = 0;
                for (int i = 0; i < register.size(); i++) {
                    points.addMillijoules(register.millijoules(i) - before);
                    before = register.millijoules(i);
                }
            }
            case Series.Gauge gauge -> {
                for (int i = 0; i < gauge.size(); i++) {
                    points.addValue(gauge.value(i));
                }
            }
        }
        return points.build();
    }

    /** @throws IllegalArgumentException if the message breaks a rule of {@link Series} or names an unknown point */
    public static Series decode(PointSeries points, long baseMillis) {
        Point point = Point.numbered(points.getPoint())
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown point number " + Integer.toUnsignedString(points.getPoint())));
        if (point.isRegister() ? points.getValueCount() > 0 : points.getMillijoulesCount() > 0) {
            throw new IllegalArgumentException(point.label() + " has the values of another kind of point");
        }
        long[] times = new long[points.getOffsetMsCount()];
        for (int i = 0; i < times.length; i++) {
            times[i] = sum(baseMillis, points.getOffsetMs(i));
        }
        if (point.isRegister()) {
            long[] millijoules = new long[points.getMillijoulesCount()];
            long before = 0;
            for (int i = 0; i < millijoules.length; i++) {
                before = sum(before, points.getMillijoules(i));
                millijoules[i] = before;
            }
            return new Series.Register(point, times, millijoules);
        }
        double[] values = new double[points.getValueCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = points.getValue(i);
        }
        return new Series.Gauge(point, times, values);
    }

    private static long sum(long base, long delta) {
        try {
            return Math.addExact(base, delta);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(base + " and " + delta + " overflow", e);
        }
    }
}
