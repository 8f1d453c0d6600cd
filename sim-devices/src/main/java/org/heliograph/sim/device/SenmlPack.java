package org.heliograph.sim.device;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import org.heliograph.telemetry.quantity.Unit;
import org.heliograph.telemetry.reading.Point;

/**
 * Snapshots of one device as a SenML JSON pack (RFC 8428). Names are just the points': the device is in the topic or
 * the address. With several instants, base name and base unit save half of the bytes.
 */
public final class SenmlPack {
    private static final int BYTES_PER_RECORD = 40;

    private SenmlPack() {}

    /** @param snapshots at least one, of the same device with the same serial number */
    public static byte[] json(List<Snapshot> snapshots) {
        StringBuilder text = new StringBuilder(BYTES_PER_RECORD
                * snapshots.size()
                * snapshots.getFirst().points().size());
        text.append("[{\"bt\":").append(snapshots.getFirst().epochSecond());
        char separator = ',';
        String serial = snapshots.getFirst().serial();
        if (!serial.isEmpty()) {
            text.append(",\"n\":\"serial\",\"vs\":\"")
                    .append(serial.replace("\\", "\\\\").replace("\"", "\\\""))
                    .append("\"},");
            separator = '{';
        }
        for (Point point : points(snapshots)) {
            boolean named = false;
            for (Snapshot snapshot : snapshots) {
                int place = snapshot.place(point);
                if (place < 0) {
                    continue;
                }
                text.append(separator);
                separator = '{';
                if (!named) {
                    name(text, point, snapshots.size() > 1);
                    named = true;
                }
                long seconds = snapshot.epochSecond() - snapshots.getFirst().epochSecond();
                if (seconds != 0) {
                    text.append("\"t\":").append(seconds).append(',');
                }
                text.append("\"v\":");
                Decimal.append(text, point, snapshot.amount(place));
                text.append("},");
            }
        }
        text.setLength(text.length() - 1);
        return text.append(']').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void name(StringBuilder text, Point point, boolean base) {
        text.append(base ? "\"bn\":\"" : "\"n\":\"").append(point.label()).append("\",");
        String unit = point.unit().symbol();
        if (!unit.isEmpty()) {
            text.append(base ? "\"bu\":\"" : "\"u\":\"").append(unit).append("\",");
        }
    }

    /** Points without a unit come first: once there is a base unit, nothing takes it away. */
    private static List<Point> points(List<Snapshot> snapshots) {
        return snapshots.stream()
                .flatMap(snapshot -> snapshot.points().stream())
                .distinct()
                .sorted(Comparator.comparing(point -> point.unit() != Unit.NONE))
                .toList();
    }
}
