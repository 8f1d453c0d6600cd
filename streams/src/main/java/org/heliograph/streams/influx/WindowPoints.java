package org.heliograph.streams.influx;

import java.util.Locale;
import java.util.stream.Collectors;
import org.heliograph.telemetry.quantity.Micrograms;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.wire.v1.Branch;
import org.heliograph.telemetry.wire.v1.FigureCoverage;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;

/** A window of a site as points: its figures, and those of each meter that others are below. */
final class WindowPoints {
    /** Cut, so that a share of less than all never reads as all. */
    private static final double SHARE_STEPS = 1e4;

    private WindowPoints() {}

    static void append(SiteWindow window, LineBatch lines, int record) {
        siteKpi(window, lines, record);
        for (Branch branch : window.getBranchesList()) {
            meterBranch(window, branch, lines, record);
        }
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
        lines.figure("estimated_share", window.hasEstimatedShare(), window.getEstimatedShare());
        String state = state(window.getState());
        if (!state.isEmpty()) {
            lines.text("state", state);
        }
        lines.word("cause", window.getCause());
        lines.word("factor_average", window.getFactorAverage());
        lines.word("factor_marginal", window.getFactorMarginal());
        lines.word("factor_fuel", window.getFactorFuel());
        lines.figure("co2_coverage", window.hasCo2Coverage(), window.getCo2Coverage());
        lines.end(window.getStartMs(), record);
    }

    /** Said too when nothing is partial, to overwrite what a restatement made whole; not of a window before there was that. */
    private static void coverages(SiteWindow window, LineBatch lines) {
        boolean known = window.hasCompleteCoverage();
        lines.figure("complete_coverage", known, window.getCompleteCoverage());
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
        lines.figure(figure + "_coverage", known, coverage);
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
        lines.figure("pue", window.hasPue(), window.getPue());
        lines.word("pue_category", window.getPueCategory());
        lines.figure("pue1", window.hasPue1(), window.getPue1());
        lines.figure("pue2", window.hasPue2(), window.getPue2());
        lines.figure("pue3", window.hasPue3(), window.getPue3());
        lines.figure("dcie", window.hasDcie(), window.getDcie());
        lines.figure("self_consumption", window.hasSelfConsumption(), window.getSelfConsumption());
        lines.figure("self_sufficiency", window.hasSelfSufficiency(), window.getSelfSufficiency());
        lines.figure("ref", window.hasRef(), window.getRef());
        lines.figure("cue", window.hasCue(), window.getCue());
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

    private static String state(WindowState state) {
        return switch (state) {
            case PROVISIONAL -> "provisional";
            case FINAL -> "final";
            case REVISED -> "revised";
            case WINDOW_STATE_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    }

    private static void kilowattHours(LineBatch lines, String name, boolean present, long millijoules) {
        lines.figure(name, present, new Millijoules(millijoules).kilowattHours());
    }

    private static void kilograms(LineBatch lines, String name, boolean present, long micrograms) {
        lines.figure(name, present, new Micrograms(micrograms).kilograms());
    }
}
