package org.heliograph.streams.influx;

import java.util.Optional;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.wire.v1.AgentLoss;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.PointStatistics;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/** A figure as points: the contract's measurements, tags and fields. */
final class Points {
    private static final long MILLIS_PER_SECOND = 1_000;
    private static final long MILLIS_PER_MINUTE = 60_000;

    private Points() {}

    /** Adds the points of a figure that came in the given record. */
    static void append(StoredFigure figure, LineBatch lines, int record) {
        switch (figure) {
            case StoredFigure.OfDevice(DeviceMinute minute) -> {
                deviceEnergy(minute, lines, record);
                for (PointStatistics statistics : minute.getPointsList()) {
                    devicePoint(minute, statistics, lines, record);
                }
            }
            case StoredFigure.OfWindow(SiteWindow window) -> {
                WindowPoints.append(window, lines, record);
            }
            case StoredFigure.OfSite(SiteLive live) -> siteLive(live, lines, record);
            case StoredFigure.OfAlert(Alert alert) -> alert(alert, lines, record);
        }
    }

    /** Coverage 0 is worth a point, that of a device without any energy meter isn't. */
    private static void deviceEnergy(DeviceMinute minute, LineBatch lines, int record) {
        if (!minute.hasEnergyMj()
                && Role.labelled(minute.getRole())
                        .filter(role -> !role.countsEnergy())
                        .isPresent()) {
            return;
        }
        // whole minutes are the many: only one without energy may have to take it back
        LineBatch point = minute.hasEnergyMj() ? lines.begin("device_energy") : lines.beginMerged("device_energy");
        point.tag("area", minute.getArea())
                .tag("class", minute.getDeviceClass())
                .tag("device", minute.getDevice())
                .tag("role", minute.getRole())
                .tag("site", minute.getSite());
        if (minute.hasEnergyMj()) {
            lines.field("energy_wh", new Millijoules(minute.getEnergyMj()).wattHours());
        } else {
            lines.absent("energy_wh");
        }
        // nothing carried, no flag: said too, to overwrite what a restatement took back
        lines.field("carried_wh", new Millijoules(carriedMillijoules(minute)).wattHours())
                .field("coverage", minute.getCoverage())
                .text("flag", minute.getFlag())
                .end(minute.getStartMs(), record);
    }

    /** Net, in the direction in which {@code energy_wh} counts. */
    private static long carriedMillijoules(DeviceMinute minute) {
        return minute.getCarriedList().stream()
                .mapToLong(carried -> Point.numbered(carried.getPoint())
                                .filter(point -> point == Point.ENERGY_EXPORT || point == Point.ENERGY_CHARGE)
                                .isPresent()
                        ? -carried.getMillijoules()
                        : carried.getMillijoules())
                .sum();
    }

    private static void devicePoint(DeviceMinute minute, PointStatistics statistics, LineBatch lines, int record) {
        Optional<Point> point = Point.numbered(statistics.getPoint());
        if (point.isEmpty() || statistics.getCount() == 0) {
            return;
        }
        lines.begin("device_point")
                .tag("area", minute.getArea())
                .tag("class", minute.getDeviceClass())
                .tag("device", minute.getDevice())
                .tag("point", point.get().label())
                .tag("site", minute.getSite())
                .field("mean", statistics.getMean())
                .field("min", statistics.getMin())
                .field("max", statistics.getMax())
                .field("last", statistics.getLast())
                .field("count", statistics.getCount())
                .text("role", minute.getRole()) // no tag: InfluxDB 3 adds none to a table that is there
                .end(minute.getStartMs(), record);
    }

    private static void siteLive(SiteLive live, LineBatch lines, int record) {
        lines.begin("site_live").tag("site", live.getSite());
        lines.figure("power_dc_w", live.hasPowerDcW(), live.getPowerDcW());
        lines.figure("power_it_w", live.hasPowerItW(), live.getPowerItW());
        lines.figure("power_pv_w", live.hasPowerPvW(), live.getPowerPvW());
        lines.figure("power_import_w", live.hasPowerImportW(), live.getPowerImportW());
        lines.figure("power_export_w", live.hasPowerExportW(), live.getPowerExportW());
        lines.figure("power_battery_w", live.hasPowerBatteryW(), live.getPowerBatteryW());
        lines.figure("power_generator_w", live.hasPowerGeneratorW(), live.getPowerGeneratorW());
        lines.figure("power_cooling_w", live.hasPowerCoolingW(), live.getPowerCoolingW());
        lines.figure("power_auxiliary_w", live.hasPowerAuxiliaryW(), live.getPowerAuxiliaryW());
        lines.figure("power_loss_w", live.hasPowerLossW(), live.getPowerLossW());
        lines.figure("pue", live.hasPue(), live.getPue());
        lines.figure("self_consumption", live.hasSelfConsumption(), live.getSelfConsumption());
        lines.field("devices_online", live.getDevicesOnline())
                .field("devices_stale", live.getDevicesStale())
                .end(live.getTimeMs() / MILLIS_PER_SECOND * MILLIS_PER_SECOND, record); // one a second is kept
        live.getLossesList().forEach(loss -> loss(live, loss, lines, record));
    }

    private static void loss(SiteLive live, AgentLoss loss, LineBatch lines, int record) {
        lines.begin("loss")
                .tag("agent", loss.getAgent())
                .tag("site", live.getSite())
                .field("expected", (double) loss.getExpected())
                .field("missing", (double) loss.getMissing())
                .field("reported", (double) loss.getReported())
                .field("duplicates", (double) loss.getDuplicates())
                .field("unnumbered", (double) loss.getUnnumbered())
                .field("readings_lost", (double) loss.getReadingsLost())
                .end(live.getTimeMs() / MILLIS_PER_MINUTE * MILLIS_PER_MINUTE, record); // one a minute is kept
    }

    private static void alert(Alert alert, LineBatch lines, int record) {
        lines.begin("alert")
                .tag("device", alert.getDevice())
                .tag("rule", alert.getRule())
                .tag("severity", alert.getSeverity())
                .tag("site", alert.getSite())
                .text("state", state(alert.getState()))
                .text("message", alert.getMessage())
                .field("value", alert.getValue())
                .end(alert.getTimeMs(), record);
    }

    private static String state(AlertState state) {
        return switch (state) {
            case RAISED -> "raised";
            case CLEARED -> "cleared";
            case ALERT_STATE_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    }
}
