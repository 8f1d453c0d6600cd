package org.heliograph.streams.topology;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.Flag;
import org.heliograph.streams.energy.Statistics;
import org.heliograph.streams.site.MeterTree;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.v1.PointEnergy;
import org.heliograph.telemetry.wire.v1.PointStatistics;

/** A device's minute as it is stored and published; equal minutes are equal bytes. */
final class DeviceMinutes {
    private DeviceMinutes() {}

    static org.heliograph.telemetry.wire.v1.DeviceMinute encode(
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
        if (!minute.energies().isEmpty()) {
            message.setEnergyMj(minute.netMillijoules());
        }
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

    /** The device's share of its site's minute, from the stored message. */
    static SiteShare share(byte[] stored, SiteModel site, MeterTree tree) {
        var message = StateException.read(
                Measurement.STORE, stored, org.heliograph.telemetry.wire.v1.DeviceMinute::parseFrom);
        Map<Point, Long> energies = new EnumMap<>(Point.class);
        for (PointEnergy energy : message.getEnergyList()) {
            Point.numbered(energy.getPoint()).ifPresent(point -> energies.put(point, energy.getMillijoules()));
        }
        boolean complete = message.getCoverage() == 1;
        SiteShare share = Role.labelled(message.getRole())
                .map(role -> SiteShare.of(role, energies, complete, message.getEstimated()))
                .orElse(SiteShare.EMPTY);
        return site.device(message.getDevice(), Instant.ofEpochMilli(message.getStartMs()))
                .map(device -> share.within(tree, device, energies, complete))
                .orElse(share);
    }
}
