package org.heliograph.telemetry.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.wire.v1.Pack;
import org.heliograph.telemetry.wire.v1.PointSeries;
import org.jspecify.annotations.Nullable;

/** Readings to and from the value of a {@code hg.telemetry} record. */
public final class PackCodec {
    private PackCodec() {}

    public static byte[] encode(Readings readings, Origin origin) {
        long baseMillis = readings.latest().toEpochMilli();
        Pack.Builder pack = Pack.newBuilder()
                .setSite(readings.device().site())
                .setDevice(readings.device().device())
                .setSerial(readings.serial())
                .setAgent(origin.agent())
                .setBoot(origin.boot())
                .setSequence(origin.sequence())
                .setBaseMs(baseMillis);
        for (Series series : readings.series()) {
            pack.addSeries(encode(series, baseMillis));
        }
        return pack.build().toByteArray();
    }

    /**
     * The readings and their origin.
     *
     * @param value null for a record without a value
     * @throws MalformedPackException with a sentence that says why the bytes are no pack
     */
    public static Decoded decode(byte @Nullable [] value) throws MalformedPackException {
        if (value == null) {
            throw new MalformedPackException("no value");
        }
        try {
            Pack pack = Pack.parseFrom(value);
            List<Series> series = new ArrayList<>(pack.getSeriesCount());
            for (PointSeries points : pack.getSeriesList()) {
                series.add(decode(points, pack.getBaseMs()));
            }
            return new Decoded(
                    new Readings(new DeviceId(pack.getSite(), pack.getDevice()), pack.getSerial(), series),
                    new Origin(pack.getAgent(), pack.getBoot(), pack.getSequence()));
        } catch (InvalidProtocolBufferException e) {
            throw new MalformedPackException("not a protobuf Pack: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new MalformedPackException(String.valueOf(e.getMessage()), e);
        }
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

    /** A decoded pack. */
    public record Decoded(Readings readings, Origin origin) {}
}
