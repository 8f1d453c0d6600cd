package org.heliograph.streams.topology;

import java.util.Map;
import java.util.stream.Collectors;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.Flag;
import org.heliograph.streams.energy.Statistics;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.wire.v1.PointEnergy;
import org.heliograph.telemetry.wire.v1.PointStatistics;

/** The message of a device's minute, made as a message: what the engine's bytes are held against. */
final class DeviceMinuteMessage {
    private DeviceMinuteMessage() {}

    static org.heliograph.telemetry.wire.v1.DeviceMinute of(
            DeviceId id, Device device, long minuteMillis, DeviceMinute minute) {
        var message = org.heliograph.telemetry.wire.v1.DeviceMinute.newBuilder()
                .setSite(id.site())
                .setDevice(id.device())
                .setDeviceClass(device.profile().name())
                .setRole(device.role().label())
                .setArea(device.area())
                .setStartMs(minuteMillis)
                .setCoverage(minute.coveredMillis() / (double) DeviceMinute.LENGTH_MILLIS)
                .setEstimated(minute.isEstimated())
                .setFlag(minute.flags().stream().map(Flag::label).sorted().collect(Collectors.joining(",")));
        minute.netMillijoules().ifPresent(message::setEnergyMj);
        minute.energies().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(energy -> message.addEnergy(PointEnergy.newBuilder()
                        .setPoint(energy.getKey().number())
                        .setMillijoules(energy.getValue())));
        for (Statistics point : minute.points()) {
            message.addPoints(PointStatistics.newBuilder()
                    .setPoint(point.point().number())
                    .setMean(point.mean())
                    .setMin(point.min())
                    .setMax(point.max())
                    .setLast(point.last())
                    .setCount(point.count()));
        }
        minute.carried()
                .forEach(carried -> message.addCarried(org.heliograph.telemetry.wire.v1.CarriedEnergy.newBuilder()
                        .setPoint(carried.register().number())
                        .setFromMs(carried.fromMillis())
                        .setToMs(carried.toMillis())
                        .setMillijoules(carried.millijoules())));
        return message.build();
    }
}
