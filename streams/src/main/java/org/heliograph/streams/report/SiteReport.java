package org.heliograph.streams.report;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.heliograph.streams.factor.Factors;
import org.heliograph.telemetry.quantity.Micrograms;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.v1.FigureCoverage;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;

/**
 * What there is to report of a site's year or month.
 *
 * @param whole the window of the whole period, as it was last stated; empty when there is none
 * @param parts its months or days
 * @param restated windows of the period that were restated after they were final, the longest first
 * @param points how many devices have which role at the period's end, or now
 * @param factors the versions of published factors in its CO2
 * @param isInterim whether its figures are interim ones: no year, a year still open, or one of which a figure that is
 *     filed covers too little
 * @param least of the figures that are filed, the one that covers the least; empty when none covers less than the PUE
 * @param live the newest live state, which carries the gap ledger; empty when there was none for a day
 * @param made when it was made
 */
record SiteReport(
        String site,
        String zone,
        Period period,
        Optional<SiteWindow> whole,
        List<Part> parts,
        List<Restated> restated,
        Map<Role, Integer> points,
        List<UsedFactor> factors,
        boolean isInterim,
        Optional<Figure> least,
        Optional<SiteLive> live,
        Instant made) {
    /** Nobody should file a figure as the annual one if it covers less of the year than that. */
    static final double ANNUAL_COVERAGE = 0.95;

    /** A window that has ended is open for minutes; for as long as the engine is away, too. */
    private static final Duration CLOSING = Duration.ofDays(3);

    private static final Set<String> STATED = Set.of("pue", "cue", "co2_avoided", "co2_location");

    /** What the window's own coverage is of. */
    private static final Set<String> OF_PUE = Set.of("pue", "dcie", "energy_it");

    record Part(Period.Span window, Optional<SiteWindow> stated) {}

    record Restated(Period.Span window, SiteWindow stated) {}

    /** @param windows the newest statement of each window of the site, by its length and start */
    static SiteReport of(SiteModel model, Factors factors, Period period, StatedWindows windows, Instant now) {
        Optional<SiteWindow> whole = windows.at(period.whole(), model.zone());
        List<Part> parts = period.parts().stream()
                .map(part -> new Part(part, windows.at(part, model.zone())))
                .toList();
        List<Restated> restated = Stream.concat(Stream.of(new Part(period.whole(), whole)), parts.stream())
                .flatMap(part -> part.stated().stream()
                        .filter(stated -> stated.getRevision() > 0)
                        .map(stated -> new Restated(part.window(), stated)))
                .toList();
        Instant end = period.end(model.zone());
        Map<Role, Integer> points = new TreeMap<>();
        for (Device device : model.devicesAt(end.isBefore(now) ? end.minusMillis(1) : now)) {
            if (!device.profile().isOfAgent()) {
                points.merge(device.role(), 1, Integer::sum);
            }
        }
        List<UsedFactor> used =
                UsedFactor.of(whole.orElse(SiteWindow.getDefaultInstance()), factors.plus(windows.factors()));
        Optional<Figure> least = whole.flatMap(SiteReport::leastCovered);
        boolean interim = !period.isYear()
                || whole.isEmpty()
                || now.isBefore(end)
                || whole.get().getState() == WindowState.PROVISIONAL
                || whole.get().getCoverage() < ANNUAL_COVERAGE
                || least.filter(figure -> figure.coverage() < ANNUAL_COVERAGE).isPresent();
        return new SiteReport(
                model.site(),
                model.zone().getId(),
                period,
                whole,
                parts,
                restated,
                points,
                used,
                interim,
                least,
                windows.live(),
                now);
    }

    /**
     * Published factors of which two versions that are for the same time are in the figures: a revision restates as far
     * back as energies are kept for it, and the older version stays in what was closed before that.
     */
    List<String> mixedFactors() {
        return factors.stream()
                .filter(one -> factors.stream().anyMatch(one::isOtherVersionOf))
                .map(UsedFactor::id)
                .distinct()
                .toList();
    }

    /** The windows that were closed while the site had another zone: their days begin as that zone's do. */
    List<Part> ofOtherZone() {
        ZoneId own = ZoneId.of(zone);
        return Stream.concat(Stream.of(new Part(period.whole(), whole)), parts.stream())
                .filter(part -> part.stated()
                        .filter(window ->
                                window.getStartMs() != part.window().start(own).toEpochMilli())
                        .isPresent())
                .toList();
    }

    /** The least covered of the figures that an operator states to others. */
    private static Optional<Figure> leastCovered(SiteWindow window) {
        Stream<Figure> stated = Stream.of(performance(window), carbon(window))
                .flatMap(List::stream)
                .filter(figure -> STATED.contains(figure.key()));
        return Stream.concat(stated, Regulation.figures(window).stream())
                .filter(figure -> figure.isPartial() && figure.coverage() < window.getCoverage())
                .min(Comparator.comparingDouble(Figure::coverage));
    }

    /** How much of a window a figure is of, by the figure's name on the wire. */
    static double coverage(SiteWindow window, String figure) {
        return window.getFigureCoverageList().stream()
                .filter(partial -> partial.getFigure().equals(figure))
                .mapToDouble(FigureCoverage::getCoverage)
                .findFirst()
                .orElse(1);
    }

    /** Figures that bear the names of the wire, each with how much of the window it is of. */
    private static List<Figure> covered(SiteWindow window, Stream<Figure> figures) {
        return figures.map(figure -> figure.of(
                        OF_PUE.contains(figure.key()) ? window.getCoverage() : coverage(window, figure.key())))
                .toList();
    }

    /**
     * Whether a window that is over was left open: the engine began anew in the midst of it, so what is stated is of a part
     * of it, and so is the coverage.
     */
    boolean hasStopped(SiteWindow stated) {
        Instant over = Instant.ofEpochMilli(stated.getEndMs()).plus(CLOSING);
        return stated.getState() == WindowState.PROVISIONAL && over.isBefore(made);
    }

    private SiteWindow window() {
        return whole.orElse(SiteWindow.getDefaultInstance());
    }

    List<Figure> performance() {
        return performance(window());
    }

    private static List<Figure> performance(SiteWindow w) {
        return covered(
                w,
                Stream.of(
                        Figure.of("pue", w.hasPue(), w.getPue(), "", 3),
                        Figure.of("pue1", w.hasPue1(), w.getPue1(), "", 3),
                        Figure.of("pue2", w.hasPue2(), w.getPue2(), "", 3),
                        Figure.of("pue3", w.hasPue3(), w.getPue3(), "", 3),
                        Figure.of("dcie", w.hasDcie(), w.getDcie(), "", 3),
                        Figure.of("ref", w.hasRef(), w.getRef(), "", 4),
                        Figure.of("cue", w.hasCue(), w.getCue(), "kg/kWh", 3),
                        Figure.of("self_consumption", w.hasSelfConsumption(), w.getSelfConsumption(), "", 4),
                        Figure.of("self_sufficiency", w.hasSelfSufficiency(), w.getSelfSufficiency(), "", 4)));
    }

    List<Figure> energies() {
        SiteWindow w = window();
        return covered(
                w,
                Stream.of(
                        energy("energy_dc", w.hasEnergyDcMj(), w.getEnergyDcMj()),
                        energy("energy_it1", w.hasEnergyIt1Mj(), w.getEnergyIt1Mj()),
                        energy("energy_it2", w.hasEnergyIt2Mj(), w.getEnergyIt2Mj()),
                        energy("energy_it3", w.hasEnergyIt3Mj(), w.getEnergyIt3Mj()),
                        energy("energy_cooling", w.hasEnergyCoolingMj(), w.getEnergyCoolingMj()),
                        energy("energy_auxiliary", w.hasEnergyAuxiliaryMj(), w.getEnergyAuxiliaryMj()),
                        energy("energy_import", w.hasEnergyImportMj(), w.getEnergyImportMj()),
                        energy("energy_export", w.hasEnergyExportMj(), w.getEnergyExportMj()),
                        energy("energy_pv", w.hasEnergyPvMj(), w.getEnergyPvMj()),
                        energy("energy_self", w.hasEnergySelfMj(), w.getEnergySelfMj()),
                        energy("energy_charge", w.hasEnergyChargeMj(), w.getEnergyChargeMj()),
                        energy("energy_discharge", w.hasEnergyDischargeMj(), w.getEnergyDischargeMj()),
                        energy("energy_generator", w.hasEnergyGeneratorMj(), w.getEnergyGeneratorMj())));
    }

    List<Figure> carbon() {
        return carbon(window());
    }

    private static List<Figure> carbon(SiteWindow w) {
        return covered(
                w,
                Stream.of(
                        mass("co2_avoided", w.hasCo2AvoidedUg(), w.getCo2AvoidedUg()),
                        mass("co2_avoided_marginal", w.hasCo2AvoidedMarginalUg(), w.getCo2AvoidedMarginalUg()),
                        mass("co2_avoided_lifecycle", w.hasCo2AvoidedLifecycleUg(), w.getCo2AvoidedLifecycleUg()),
                        mass("co2_export", w.hasCo2ExportUg(), w.getCo2ExportUg()),
                        mass("co2_location", w.hasCo2LocationUg(), w.getCo2LocationUg()),
                        Figure.of("co2_coverage", w.hasCo2Coverage(), w.getCo2Coverage(), "", 4)));
    }

    /** The figures of a part that its table shows. */
    static List<Figure> ofPart(SiteWindow w) {
        return covered(
                w,
                Stream.of(
                        Figure.of("pue", w.hasPue(), w.getPue(), "", 3),
                        energy("energy_dc", w.hasEnergyDcMj(), w.getEnergyDcMj()),
                        energy("energy_it", w.hasEnergyItMj(), w.getEnergyItMj()),
                        energy("energy_pv", w.hasEnergyPvMj(), w.getEnergyPvMj()),
                        energy("energy_self", w.hasEnergySelfMj(), w.getEnergySelfMj()),
                        Figure.of("self_consumption", w.hasSelfConsumption(), w.getSelfConsumption(), "", 3),
                        mass("co2_avoided", w.hasCo2AvoidedUg(), w.getCo2AvoidedUg())));
    }

    /** What the European Union asks of the site. */
    List<Figure> regulation() {
        return Regulation.figures(window());
    }

    static Figure energy(String key, boolean present, long millijoules) {
        return Figure.of(key, present, new Millijoules(millijoules).kilowattHours(), "kWh", 0);
    }

    private static Figure mass(String key, boolean present, long micrograms) {
        return Figure.of(key, present, new Micrograms(micrograms).kilograms(), "kg", 0);
    }
}
