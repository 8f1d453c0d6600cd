package org.heliograph.streams.topology.samples;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.sample.Samples;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;

/**
 * The samples of consecutive minutes of a device as they are stored. Points of one device are mostly read at the same
 * moments: a series that has the times of the one before it doesn't repeat them.
 */
final class SampleBlock {
    /** More than any number takes. */
    private static final int LONGEST_NUMBER = 10;

    private SampleBlock() {}

    /**
     * The bytes of a block.
     *
     * @param minutes by their start, each a minute after the one before
     * @param scratch to write to, where it is large enough for whatever the numbers are: mostly they take a quarter of that
     */
    static byte[] encode(NavigableMap<Long, Samples> minutes, byte[] scratch) {
        int most = mostBytes(minutes.values());
        byte[] buffer = most <= scratch.length ? scratch : new byte[most];
        CodedOutputStream bytes = CodedOutputStream.newInstance(buffer);
        try {
            bytes.writeUInt32NoTag(minutes.size());
            for (var minute : minutes.entrySet()) {
                write(minute.getValue(), minute.getKey(), bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Arrays.copyOf(buffer, bytes.getTotalBytesWritten());
    }

    private static int mostBytes(Collection<Samples> minutes) {
        int most = LONGEST_NUMBER;
        for (Samples minute : minutes) {
            most += LONGEST_NUMBER;
            for (String serial : minute.serials()) {
                most += 2 * LONGEST_NUMBER + 3 * serial.length();
                for (Series series : minute.series(serial)) {
                    most += 2 * LONGEST_NUMBER * (1 + series.size());
                }
            }
        }
        return most;
    }

    private static void write(Samples minute, long minuteMillis, CodedOutputStream bytes) throws IOException {
        bytes.writeUInt32NoTag(minute.serials().size());
        for (String serial : minute.serials()) {
            bytes.writeStringNoTag(serial);
            Collection<Series> all = minute.series(serial);
            bytes.writeUInt32NoTag(all.size());
            Series before = null;
            for (Series series : all) {
                boolean isAtSameTimes = before != null && isAtSameTimes(before, series);
                bytes.writeUInt32NoTag(series.point().number());
                bytes.writeUInt32NoTag(series.size() << 1 | (isAtSameTimes ? 1 : 0));
                if (!isAtSameTimes) {
                    writeTimes(series, minuteMillis, bytes);
                }
                writeValues(series, bytes);
                before = series;
            }
        }
    }

    private static boolean isAtSameTimes(Series a, Series b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (a.timeMillis(i) != b.timeMillis(i)) {
                return false;
            }
        }
        return true;
    }

    private static void writeTimes(Series series, long minuteMillis, CodedOutputStream bytes) throws IOException {
        long before = minuteMillis;
        for (int i = 0; i < series.size(); i++) {
            bytes.writeUInt64NoTag(series.timeMillis(i) - before);
            before = series.timeMillis(i);
        }
    }

    private static void writeValues(Series series, CodedOutputStream bytes) throws IOException {
        switch (series) {
            case Series.Register register -> {
                long before = 0;
                for (int i = 0; i < register.size(); i++) {
                    bytes.writeSInt64NoTag(register.millijoules(i) - before);
                    before = register.millijoules(i);
                }
            }
            case Series.Gauge gauge -> {
                for (int i = 0; i < gauge.size(); i++) {
                    bytes.writeDoubleNoTag(gauge.value(i));
                }
            }
        }
    }

    /** How many minutes are in it. */
    static int minutes(byte[] stored) {
        return StateException.read(
                SampleStore.STORE,
                stored,
                bytes -> CodedInputStream.newInstance(bytes).readUInt32());
    }

    /** @param startMillis of its first minute */
    static NavigableMap<Long, Samples> decode(byte[] stored, long startMillis) {
        return StateException.read(SampleStore.STORE, stored, bytes -> read(bytes, startMillis));
    }

    private static NavigableMap<Long, Samples> read(byte[] stored, long startMillis) throws IOException {
        CodedInputStream bytes = CodedInputStream.newInstance(stored);
        NavigableMap<Long, Samples> minutes = new TreeMap<>();
        int count = bytes.readUInt32();
        for (int i = 0; i < count; i++) {
            long minute = startMillis + i * DeviceMinute.LENGTH_MILLIS;
            Samples samples = Samples.empty();
            for (int serials = bytes.readUInt32(); serials > 0; serials--) {
                samples = samples.plus(Samples.of(bytes.readString(), series(bytes, minute)));
            }
            minutes.put(minute, samples);
        }
        return minutes;
    }

    private static List<Series> series(CodedInputStream bytes, long minuteMillis) throws IOException {
        int count = bytes.readUInt32();
        List<Series> all = new ArrayList<>(count);
        long[] times = {};
        for (int i = 0; i < count; i++) {
            int number = bytes.readUInt32();
            Point point = Point.numbered(number)
                    .orElseThrow(() -> new IOException("a newer version has stored point " + number));
            int header = bytes.readUInt32();
            int size = header >>> 1;
            if ((header & 1) == 0) {
                times = times(bytes, minuteMillis, size);
            }
            all.add(values(bytes, point, times, size));
        }
        return all;
    }

    private static long[] times(CodedInputStream bytes, long minuteMillis, int size) throws IOException {
        long[] times = new long[size];
        long before = minuteMillis;
        for (int i = 0; i < size; i++) {
            before += bytes.readUInt64();
            times[i] = before;
        }
        return times;
    }

    private static Series values(CodedInputStream bytes, Point point, long[] times, int size) throws IOException {
        if (point.isRegister()) {
            long[] millijoules = new long[size];
            long before = 0;
            for (int i = 0; i < size; i++) {
                before += bytes.readSInt64();
                millijoules[i] = before;
            }
            return new Series.Register(point, times, millijoules);
        }
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            values[i] = bytes.readDouble();
        }
        return new Series.Gauge(point, times, values);
    }
}
