package org.heliograph.streams.influx;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.heliograph.telemetry.quantity.Micrograms;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.wire.v1.AgentLoss;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.heliograph.telemetry.wire.v1.Branch;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.FigureCoverage;
import org.heliograph.telemetry.wire.v1.PointStatistics;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;

/** A figure as points: the contract's measurements, tags and fields. */
final class Points {
    /** Cut, so that a share of less than all never reads as all. */
    private static final double SHARE_STEPS = 1e4;

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
                siteKpi(window, lines, record);
                for (Branch branch : window.getBranchesList()) {
                    meterBranch(window, branch, lines, record);
                }
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

    private static void siteKpi(SiteWindow window, LineBatch lines, int record) {
        lines.beginMerged("site_kpi").tag("site", window.getSite()).tag("window", window.getWindow());
        energies(window, lines);
        ratios(window, lines);
        kilograms(lines, "co2_avoided_kg", window.hasCo2AvoidedUg(), window.getCo2AvoidedUg());
        kilograms(lines, "co2_avoided_marginal_kg", window.hasCo2AvoidedMarginalUg(), window.getCo2AvoidedMarginalUg());
        kilograms(
                lines,
                "co2_avoided_lifecycle_kg",
                window.hasCo2AvoidedLifecycleUg(),
                window.getCo2AvoidedLifecycleUg());
        kilograms(lines, "co2_export_kg", window.hasCo2ExportUg(), window.getCo2ExportUg());
        kilograms(lines, "co2_location_kg", window.hasCo2LocationUg(), window.getCo2LocationUg());
        coverages(window, lines);
        lines.field("coverage", window.getCoverage())
                .field("estimated", window.getEstimated() ? 1 : 0)
                .field("revision", window.getRevision());
        number(lines, "estimated_share", window.hasEstimatedShare(), window.getEstimatedShare());
        String state = state(window.getState());
        if (!state.isEmpty()) {
            lines.text("state", state);
        }
        text(lines, "cause", window.getCause());
        text(lines, "factor_average", window.getFactorAverage());
        text(lines, "factor_marginal", window.getFactorMarginal());
        text(lines, "factor_fuel", window.getFactorFuel());
        number(lines, "co2_coverage", window.hasCo2Coverage(), window.getCo2Coverage());
        lines.end(window.getStartMs(), record);
    }

    /** Said too when nothing is partial, to overwrite what a restatement made whole; not of a window before there was that. */
    private static void coverages(SiteWindow window, LineBatch lines) {
        boolean known = window.hasCompleteCoverage();
        number(lines, "complete_coverage", known, window.getCompleteCoverage());
        coverage(lines, "cue", known && window.hasCue(), window);
        coverage(lines, "co2_location", known && window.hasCo2LocationUg(), window);
        if (known) {
            lines.text(
                    "partial",
                    window.getFigureCoverageList().stream()
                            .map(partial -> String.format(
                                    Locale.ROOT,
                                    "%s %.4f",
                                    partial.getFigure(),
                                    Math.floor(partial.getCoverage() * SHARE_STEPS) / SHARE_STEPS))
                            .collect(Collectors.joining(", ")));
        } else {
            lines.absent("partial");
        }
    }

    private static void coverage(LineBatch lines, String figure, boolean known, SiteWindow window) {
        double coverage = window.getFigureCoverageList().stream()
                .filter(partial -> partial.getFigure().equals(figure))
                .mapToDouble(FigureCoverage::getCoverage)
                .findFirst()
                .orElse(1);
        number(lines, figure + "_coverage", known, coverage);
    }

    private static void energies(SiteWindow window, LineBatch lines) {
        kilowattHours(lines, "energy_dc_kwh", window.hasEnergyDcMj(), window.getEnergyDcMj());
        kilowattHours(lines, "energy_it_kwh", window.hasEnergyItMj(), window.getEnergyItMj());
        kilowattHours(lines, "energy_it1_kwh", window.hasEnergyIt1Mj(), window.getEnergyIt1Mj());
        kilowattHours(lines, "energy_it2_kwh", window.hasEnergyIt2Mj(), window.getEnergyIt2Mj());
        kilowattHours(lines, "energy_it3_kwh", window.hasEnergyIt3Mj(), window.getEnergyIt3Mj());
        kilowattHours(lines, "energy_cooling_kwh", window.hasEnergyCoolingMj(), window.getEnergyCoolingMj());
        kilowattHours(lines, "energy_auxiliary_kwh", window.hasEnergyAuxiliaryMj(), window.getEnergyAuxiliaryMj());
        kilowattHours(lines, "energy_import_kwh", window.hasEnergyImportMj(), window.getEnergyImportMj());
        kilowattHours(lines, "energy_export_kwh", window.hasEnergyExportMj(), window.getEnergyExportMj());
        kilowattHours(lines, "energy_pv_kwh", window.hasEnergyPvMj(), window.getEnergyPvMj());
        kilowattHours(lines, "energy_self_kwh", window.hasEnergySelfMj(), window.getEnergySelfMj());
        kilowattHours(lines, "energy_charge_kwh", window.hasEnergyChargeMj(), window.getEnergyChargeMj());
        kilowattHours(lines, "energy_discharge_kwh", window.hasEnergyDischargeMj(), window.getEnergyDischargeMj());
        kilowattHours(lines, "energy_generator_kwh", window.hasEnergyGeneratorMj(), window.getEnergyGeneratorMj());
    }

    private static void ratios(SiteWindow window, LineBatch lines) {
        number(lines, "pue", window.hasPue(), window.getPue());
        text(lines, "pue_category", window.getPueCategory());
        number(lines, "pue1", window.hasPue1(), window.getPue1());
        number(lines, "pue2", window.hasPue2(), window.getPue2());
        number(lines, "pue3", window.hasPue3(), window.getPue3());
        number(lines, "dcie", window.hasDcie(), window.getDcie());
        number(lines, "self_consumption", window.hasSelfConsumption(), window.getSelfConsumption());
        number(lines, "self_sufficiency", window.hasSelfSufficiency(), window.getSelfSufficiency());
        number(lines, "ref", window.hasRef(), window.getRef());
        number(lines, "cue", window.hasCue(), window.getCue());
    }

    private static void siteLive(SiteLive live, LineBatch lines, int record) {
        lines.begin("site_live").tag("site", live.getSite());
        number(lines, "power_dc_w", live.hasPowerDcW(), live.getPowerDcW());
        number(lines, "power_it_w", live.hasPowerItW(), live.getPowerItW());
        number(lines, "power_pv_w", live.hasPowerPvW(), live.getPowerPvW());
        number(lines, "power_import_w", live.hasPowerImportW(), live.getPowerImportW());
        number(lines, "power_export_w", live.hasPowerExportW(), live.getPowerExportW());
        number(lines, "power_battery_w", live.hasPowerBatteryW(), live.getPowerBatteryW());
        number(lines, "power_generator_w", live.hasPowerGeneratorW(), live.getPowerGeneratorW());
        number(lines, "power_cooling_w", live.hasPowerCoolingW(), live.getPowerCoolingW());
        number(lines, "power_auxiliary_w", live.hasPowerAuxiliaryW(), live.getPowerAuxiliaryW());
        number(lines, "power_loss_w", live.hasPowerLossW(), live.getPowerLossW());
        number(lines, "pue", live.hasPue(), live.getPue());
        number(lines, "self_consumption", live.hasSelfConsumption(), live.getSelfConsumption());
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

    private static void meterBranch(SiteWindow window, Branch branch, LineBatch lines, int record) {
        lines.beginMerged("meter_branch")
                .tag("device", branch.getDevice())
                .tag("site", window.getSite())
                .tag("window", window.getWindow());
        kilowattHours(lines, "energy_kwh", branch.hasOwnMj(), branch.getOwnMj());
        kilowattHours(lines, "children_kwh", branch.hasChildrenMj(), branch.getChildrenMj());
        kilowattHours(lines, "remainder_kwh", branch.hasRemainderMj(), branch.getRemainderMj());
        kilowattHours(lines, "tolerance_kwh", branch.hasToleranceMj(), branch.getToleranceMj());
        lines.field("coverage", branch.getCoverage()).end(window.getStartMs(), record);
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

    private static String state(WindowState state) {
        return switch (state) {
            case PROVISIONAL -> "provisional";
            case FINAL -> "final";
            case REVISED -> "revised";
            case WINDOW_STATE_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    }

    private static void text(LineBatch lines, String name, String value) {
        if (!value.isEmpty()) {
            lines.text(name, value);
        } else {
            lines.absent(name);
        }
    }

    private static void number(LineBatch lines, String name, boolean present, double value) {
        if (present) {
            lines.field(name, value);
        } else {
            lines.absent(name);
        }
    }

    private static void kilowattHours(LineBatch lines, String name, boolean present, long millijoules) {
        if (present) {
            lines.field(name, new Millijoules(millijoules).kilowattHours());
        } else {
            lines.absent(name);
        }
    }

    private static void kilograms(LineBatch lines, String name, boolean present, long micrograms) {
        if (present) {
            lines.field(name, new Micrograms(micrograms).kilograms());
        } else {
            lines.absent(name);
        }
    }
}
