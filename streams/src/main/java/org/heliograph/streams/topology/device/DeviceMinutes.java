package org.heliograph.streams.topology.device;

import static org.heliograph.telemetry.wire.v1.DeviceMinute.CARRIED_FIELD_NUMBER;
import static org.heliograph.telemetry.wire.v1.DeviceMinute.COVERAGE_FIELD_NUMBER;
import static org.heliograph.telemetry.wire.v1.DeviceMinute.ENERGY_FIELD_NUMBER;
import static org.heliograph.telemetry.wire.v1.DeviceMinute.ENERGY_MJ_FIELD_NUMBER;
import static org.heliograph.telemetry.wire.v1.DeviceMinute.ESTIMATED_FIELD_NUMBER;
import static org.heliograph.telemetry.wire.v1.DeviceMinute.FLAG_FIELD_NUMBER;
import static org.heliograph.telemetry.wire.v1.DeviceMinute.POINTS_FIELD_NUMBER;
import static org.heliograph.telemetry.wire.v1.DeviceMinute.START_MS_FIELD_NUMBER;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.heliograph.streams.energy.CarriedEnergy;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.Flag;
import org.heliograph.streams.energy.Statistics;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.wire.v1.PointEnergy;
import org.heliograph.telemetry.wire.v1.PointStatistics;

/**
 * A device's minute as it is published, a {@code DeviceMinute} message; equal minutes are equal bytes. It is the record
 * that the engine writes most of, by far: it is written without the message's object, to the same bytes.
 */
final class DeviceMinutes {
    /** More than a number takes with its tag. */
    private static final int LONGEST_FIELD = 12;

    private static final int FIELDS = 7;
    private byte[] buffer = new byte[512];

    /** The fields of a device that are the same each minute. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Head(Device device, byte[] bytes) {}

    byte[] encode(SeenDevice seen, Device device, long minuteMillis, DeviceMinute minute) {
        byte[] head = head(seen, device);
        String flag = minute.flags().isEmpty()
                ? ""
                : minute.flags().stream().map(Flag::label).sorted().collect(Collectors.joining(","));
        int most = head.length
                + 3 * flag.length()
                + LONGEST_FIELD
                        * (FIELDS
                                + 3 * minute.energies().size()
                                + 8 * minute.points().size()
                                + 6 * minute.carried().size());
        if (buffer.length < most) {
            buffer = new byte[most];
        }
        CodedOutputStream bytes = CodedOutputStream.newInstance(buffer);
        try {
            bytes.writeRawBytes(head);
            write(bytes, minuteMillis, minute, flag);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Arrays.copyOf(buffer, bytes.getTotalBytesWritten());
    }

    private static byte[] head(SeenDevice seen, Device device) {
        Head known = seen.head();
        if (known != null && known.device().equals(device)) {
            return known.bytes();
        }
        DeviceId id = seen.id();
        byte[] bytes = org.heliograph.telemetry.wire.v1.DeviceMinute.newBuilder()
                .setSite(id.site())
                .setDevice(id.device())
                .setDeviceClass(device.profile().name())
                .setRole(device.role().label())
                .setArea(device.area())
                .build()
                .toByteArray();
        seen.setHead(new Head(device, bytes));
        return bytes;
    }

    private static void write(CodedOutputStream bytes, long minuteMillis, DeviceMinute minute, String flag)
            throws IOException {
        if (minuteMillis != 0) {
            bytes.writeInt64(START_MS_FIELD_NUMBER, minuteMillis);
        }
        OptionalLong net = minute.netMillijoules();
        if (net.isPresent()) {
            bytes.writeSInt64(ENERGY_MJ_FIELD_NUMBER, net.getAsLong());
        }
        for (Map.Entry<Point, Long> energy : ordered(minute.energies())) {
            write(bytes, energy.getKey(), energy.getValue());
        }
        writeDouble(bytes, COVERAGE_FIELD_NUMBER, minute.coveredMillis() / (double) DeviceMinute.LENGTH_MILLIS);
        if (!flag.isEmpty()) {
            bytes.writeString(FLAG_FIELD_NUMBER, flag);
        }
        for (Statistics point : minute.points()) {
            write(bytes, point);
        }
        if (minute.isEstimated()) {
            bytes.writeBool(ESTIMATED_FIELD_NUMBER, true);
        }
        for (CarriedEnergy carried : minute.carried()) {
            bytes.writeMessage(
                    CARRIED_FIELD_NUMBER,
                    org.heliograph.telemetry.wire.v1.CarriedEnergy.newBuilder()
                            .setPoint(carried.register().number())
                            .setFromMs(carried.fromMillis())
                            .setToMs(carried.toMillis())
                            .setMillijoules(carried.millijoules())
                            .build());
        }
    }

    private static Iterable<Map.Entry<Point, Long>> ordered(Map<Point, Long> energies) {
        return energies.size() < 2
                ? energies.entrySet()
                : List.copyOf(energies.entrySet()).stream()
                        .sorted(Comparator.comparing(Map.Entry::getKey))
                        .toList();
    }

    private static void write(CodedOutputStream bytes, Point register, long millijoules) throws IOException {
        int size = CodedOutputStream.computeUInt32Size(PointEnergy.POINT_FIELD_NUMBER, register.number());
        if (millijoules != 0) {
            size += CodedOutputStream.computeSInt64Size(PointEnergy.MILLIJOULES_FIELD_NUMBER, millijoules);
        }
        bytes.writeTag(ENERGY_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        bytes.writeUInt32NoTag(size);
        bytes.writeUInt32(PointEnergy.POINT_FIELD_NUMBER, register.number());
        if (millijoules != 0) {
            bytes.writeSInt64(PointEnergy.MILLIJOULES_FIELD_NUMBER, millijoules);
        }
    }

    private static void write(CodedOutputStream bytes, Statistics point) throws IOException {
        int number = point.point().number();
        int size = CodedOutputStream.computeUInt32Size(PointStatistics.POINT_FIELD_NUMBER, number)
                + doubleSize(PointStatistics.MEAN_FIELD_NUMBER, point.mean())
                + doubleSize(PointStatistics.MIN_FIELD_NUMBER, point.min())
                + doubleSize(PointStatistics.MAX_FIELD_NUMBER, point.max())
                + doubleSize(PointStatistics.LAST_FIELD_NUMBER, point.last())
                + CodedOutputStream.computeUInt32Size(PointStatistics.COUNT_FIELD_NUMBER, point.count());
        bytes.writeTag(POINTS_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        bytes.writeUInt32NoTag(size);
        bytes.writeUInt32(PointStatistics.POINT_FIELD_NUMBER, number);
        writeDouble(bytes, PointStatistics.MEAN_FIELD_NUMBER, point.mean());
        writeDouble(bytes, PointStatistics.MIN_FIELD_NUMBER, point.min());
        writeDouble(bytes, PointStatistics.MAX_FIELD_NUMBER, point.max());
        writeDouble(bytes, PointStatistics.LAST_FIELD_NUMBER, point.last());
        bytes.writeUInt32(PointStatistics.COUNT_FIELD_NUMBER, point.count());
    }

    /** A field without presence is left out when all its bits are 0. */
    private static boolean isThere(double value) {
        return Double.doubleToRawLongBits(value) != 0;
    }

    private static int doubleSize(int field, double value) {
        return isThere(value) ? CodedOutputStream.computeDoubleSize(field, value) : 0;
    }

    private static void writeDouble(CodedOutputStream bytes, int field, double value) throws IOException {
        if (isThere(value)) {
            bytes.writeDouble(field, value);
        }
    }
}
