package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.DoubleConsumer;
import java.util.function.LongConsumer;
import org.heliograph.streams.indicator.Branch;
import org.heliograph.streams.indicator.Diagnosis;
import org.heliograph.streams.indicator.Figures;
import org.heliograph.streams.indicator.MeterAudit;
import org.heliograph.streams.indicator.PueCategory;
import org.heliograph.streams.indicator.Sum;
import org.heliograph.streams.rollup.Lifecycle;
import org.heliograph.streams.rollup.Window;
import org.heliograph.telemetry.wire.v1.FigureCoverage;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/** A window as {@code hg.kpi} carries it. */
final class WindowMessage {
    /** How long after a minute's end its figures may still be on their way: not yet missed. */
    private static final Duration IN_TRANSIT = Duration.ofSeconds(10);

    private WindowMessage() {}

    /** The figures of a window; of an open one, over the minutes that have passed. */
    static Figures figures(KeptWindow kept, Instant end, long nowMillis) {
        long startMillis = kept.key().start().toEpochMilli();
        long untilMillis = end.toEpochMilli();
        if (kept.lifecycle() instanceof Lifecycle.Provisional) {
            untilMillis = Math.clamp(nowMillis - IN_TRANSIT.toMillis(), startMillis, untilMillis);
        }
        long minutes =
                Math.max(1, (untilMillis - startMillis) / Duration.ofMinutes(1).toMillis());
        return new Figures(kept.sums(), (int) minutes);
    }

    static SiteWindow of(KeptWindow kept, Instant end, long nowMillis, MeterAudit audit) {
        Figures figures = figures(kept, end, nowMillis);
        SiteWindow.Builder window = SiteWindow.newBuilder()
                .setSite(kept.key().site())
                .setWindow(kept.key().window().label())
                .setStartMs(kept.key().start().toEpochMilli())
                .setEndMs(end.toEpochMilli())
                .setCoverage(figures.coverage())
                .setEstimated(figures.isEstimated())
                .setEstimatedShare(figures.estimatedShare())
                .setState(kept.state())
                .setRevision(kept.lifecycle().revision())
                .setCause(kept.stored().getCause());
        coverages(figures, window);
        energies(figures, window);
        parts(figures, window);
        ratios(figures, window);
        carbon(figures, kept, window);
        audit.branches().byMeter().forEach((meter, branch) -> window.addBranches(branch(meter, branch, audit)));
        if (kept.key().window() != Window.MINUTE) { // too short: see docs/figures.md
            audit.diagnoses().forEach(diagnosis -> window.addDiagnoses(diagnosis(diagnosis)));
        }
        return window.build();
    }

    private static org.heliograph.telemetry.wire.v1.Branch branch(String meter, Branch branch, MeterAudit audit) {
        var message = org.heliograph.telemetry.wire.v1.Branch.newBuilder()
                .setDevice(meter)
                .setMatchedMinutes(branch.matchedMinutes())
                .setCoverage(audit.coverage(branch));
        if (branch.matchedMinutes() > 0) {
            message.setOwnMj(branch.ownMillijoules())
                    .setChildrenMj(branch.childrenMillijoules())
                    .setRemainderMj(branch.remainderMillijoules())
                    .setToleranceMj(audit.tolerance(meter, branch));
        }
        return message.build();
    }

    private static org.heliograph.telemetry.wire.v1.Diagnosis diagnosis(Diagnosis diagnosis) {
        return org.heliograph.telemetry.wire.v1.Diagnosis.newBuilder()
                .setRule(diagnosis.rule().label())
                .setDevice(diagnosis.device())
                .setSuspect(diagnosis.suspect())
                .setText(diagnosis.text())
                .setValueMj(diagnosis.valueMillijoules())
                .build();
    }

    private static void coverages(Figures figures, SiteWindow.Builder window) {
        window.setCompleteCoverage(figures.completeCoverage());
        figures.partial()
                .forEach(partial -> window.addFigureCoverage(
                        FigureCoverage.newBuilder().setFigure(partial.figure()).setCoverage(partial.coverage())));
    }

    private static void energies(Figures figures, SiteWindow.Builder window) {
        set(figures.energy(Sum.DC, Sum.DC_MINUTES), window::setEnergyDcMj);
        set(figures.itEnergy(), window::setEnergyItMj);
        set(figures.energy(Sum.IT1, Sum.IT1_MINUTES), window::setEnergyIt1Mj);
        set(figures.energy(Sum.IT2, Sum.IT2_MINUTES), window::setEnergyIt2Mj);
        set(figures.energy(Sum.IT3, Sum.IT3_MINUTES), window::setEnergyIt3Mj);
        set(figures.energy(Sum.COOLING, Sum.COOLING_MINUTES), window::setEnergyCoolingMj);
        set(figures.energy(Sum.AUXILIARY, Sum.AUXILIARY_MINUTES), window::setEnergyAuxiliaryMj);
        set(figures.energy(Sum.IMPORT, Sum.GRID_MINUTES), window::setEnergyImportMj);
        set(figures.energy(Sum.EXPORT, Sum.EXPORT_MINUTES), window::setEnergyExportMj);
        set(figures.energy(Sum.PV, Sum.PV_MINUTES), window::setEnergyPvMj);
        set(figures.energy(Sum.SELF, Sum.SELF_MINUTES), window::setEnergySelfMj);
        set(figures.energy(Sum.CHARGE, Sum.CHARGE_MINUTES), window::setEnergyChargeMj);
        set(figures.energy(Sum.DISCHARGE, Sum.BATTERY_MINUTES), window::setEnergyDischargeMj);
        set(figures.energy(Sum.GENERATOR, Sum.GENERATOR_MINUTES), window::setEnergyGeneratorMj);
    }

    private static void parts(Figures figures, SiteWindow.Builder window) {
        window.setPartsMinutes((int) figures.sums().get(Sum.PARTS_MINUTES));
        set(figures.energy(Sum.PARTS_DC, Sum.PARTS_MINUTES), window::setPartsDcMj);
        set(figures.energy(Sum.PARTS_IT, Sum.PARTS_MINUTES), window::setPartsItMj);
        if (window.hasEnergyCoolingMj()) {
            set(figures.energy(Sum.PARTS_COOLING, Sum.PARTS_MINUTES), window::setPartsCoolingMj);
        }
        if (window.hasEnergyAuxiliaryMj()) {
            set(figures.energy(Sum.PARTS_AUXILIARY, Sum.PARTS_MINUTES), window::setPartsAuxiliaryMj);
        }
        if (window.hasEnergyIt1Mj() || window.hasEnergyIt2Mj()) {
            set(figures.energy(Sum.PARTS_DISTRIBUTION, Sum.PARTS_MINUTES), window::setPartsDistributionMj);
        }
    }

    private static void ratios(Figures figures, SiteWindow.Builder window) {
        figures.category().ifPresent(category -> {
            OptionalDouble pue = figures.pue(category);
            if (pue.isPresent()) {
                window.setPue(pue.getAsDouble()).setPueCategory(category.name()).setDcie(1 / pue.getAsDouble());
            }
        });
        set(figures.pue(PueCategory.PUE1), window::setPue1);
        set(figures.pue(PueCategory.PUE2), window::setPue2);
        set(figures.pue(PueCategory.PUE3), window::setPue3);
        set(figures.selfConsumption(), window::setSelfConsumption);
        set(figures.selfSufficiency(), window::setSelfSufficiency);
        set(figures.renewableEnergyFactor(), window::setRef);
        set(figures.carbonUsageEffectiveness(), window::setCue);
    }

    private static void carbon(Figures figures, KeptWindow kept, SiteWindow.Builder window) {
        OptionalLong avoided = figures.energy(Sum.CO2_AVOIDED, Sum.CO2_AVERAGE_MINUTES);
        set(avoided, window::setCo2AvoidedUg);
        set(figures.energy(Sum.CO2_AVOIDED_MARGINAL, Sum.CO2_MARGINAL_MINUTES), window::setCo2AvoidedMarginalUg);
        set(figures.lifecycleAvoided(), window::setCo2AvoidedLifecycleUg);
        set(figures.energy(Sum.CO2_EXPORT, Sum.CO2_EXPORT_MINUTES), window::setCo2ExportUg);
        set(figures.energy(Sum.CO2_LOCATION, Sum.CO2_GRID_MINUTES), window::setCo2LocationUg);
        window.setFactorAverage(kept.stored().getFactorAverage());
        window.setFactorMarginal(kept.stored().getFactorMarginal());
        window.setFactorFuel(kept.stored().getFactorFuel());
        set(figures.carbonCoverage(), window::setCo2Coverage);
    }

    // The setters return the builder; a consumer that drops it reads better than a lambda for each figure.
    private static void set(OptionalLong figure, LongConsumer setter) {
        figure.ifPresent(setter);
    }

    private static void set(OptionalDouble figure, DoubleConsumer setter) {
        figure.ifPresent(setter);
    }
}
