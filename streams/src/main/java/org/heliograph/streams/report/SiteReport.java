package org.heliograph.streams.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.heliograph.streams.indicator.EmissionFactor;
import org.heliograph.streams.indicator.Factors;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteModel;
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
 * @param factors the published factors in its CO2
 * @param isInterim whether its PUE is an interim one: no year, a year still open, or one that was covered too little
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
        List<EmissionFactor> factors,
        boolean isInterim,
        Optional<SiteLive> live,
        Instant made) {
    /** Of a year less than that covered, nobody should file its PUE as the annual one. */
    static final double ANNUAL_COVERAGE = 0.95;

    private static final double MILLIJOULES_PER_KWH = 3.6e9;
    private static final double MICROGRAMS_PER_KILOGRAM = 1e9;

    record Part(Period.Window window, Optional<SiteWindow> stated) {}

    record Restated(Period.Window window, SiteWindow stated) {}

    /** @param windows the newest statement of each window of the site, by its length and start */
    static SiteReport of(SiteModel model, Factors factors, Period period, Windows windows, Instant now) {
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
        String named = whole.map(window ->
                        window.getFactorAverage() + "," + window.getFactorMarginal() + "," + window.getFactorFuel())
                .orElse("");
        List<EmissionFactor> used = factors.all().stream()
                .filter(factor -> List.of(named.split(",", -1)).contains(factor.id() + "@" + factor.version()))
                .toList();
        boolean interim = !period.isYear()
                || whole.isEmpty()
                || now.isBefore(end)
                || whole.get().getState() == WindowState.PROVISIONAL
                || whole.get().getCoverage() < ANNUAL_COVERAGE;
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
                windows.live(),
                now);
    }

    private SiteWindow window() {
        return whole.orElse(SiteWindow.getDefaultInstance());
    }

    List<Figure> performance() {
        return performance(window());
    }

    static List<Figure> performance(SiteWindow w) {
        return List.of(
                Figure.of("pue", w.hasPue(), w.getPue(), "", 3),
                Figure.of("pue1", w.hasPue1(), w.getPue1(), "", 3),
                Figure.of("pue2", w.hasPue2(), w.getPue2(), "", 3),
                Figure.of("pue3", w.hasPue3(), w.getPue3(), "", 3),
                Figure.of("dcie", w.hasDcie(), w.getDcie(), "", 3),
                Figure.of("ref", w.hasRef(), w.getRef(), "", 4),
                Figure.of("cue", w.hasCue(), w.getCue(), "kg/kWh", 3),
                Figure.of("self_consumption", w.hasSelfConsumption(), w.getSelfConsumption(), "", 4),
                Figure.of("self_sufficiency", w.hasSelfSufficiency(), w.getSelfSufficiency(), "", 4));
    }

    List<Figure> energies() {
        SiteWindow w = window();
        return List.of(
                energy("energy_dc", w.hasEnergyDcMj(), w.getEnergyDcMj()),
                energy("energy_it1", w.hasEnergyIt1Mj(), w.getEnergyIt1Mj()),
                energy("energy_it2", w.hasEnergyIt2Mj(), w.getEnergyIt2Mj()),
                energy("energy_it3", w.hasEnergyIt3Mj(), w.getEnergyIt3Mj()),
                energy("energy_cooling", w.hasEnergyCoolingMj(), w.getEnergyCoolingMj()),
                energy("energy_import", w.hasEnergyImportMj(), w.getEnergyImportMj()),
                energy("energy_export", w.hasEnergyExportMj(), w.getEnergyExportMj()),
                energy("energy_pv", w.hasEnergyPvMj(), w.getEnergyPvMj()),
                energy("energy_self", w.hasEnergySelfMj(), w.getEnergySelfMj()),
                energy("energy_charge", w.hasEnergyChargeMj(), w.getEnergyChargeMj()),
                energy("energy_discharge", w.hasEnergyDischargeMj(), w.getEnergyDischargeMj()),
                energy("energy_generator", w.hasEnergyGeneratorMj(), w.getEnergyGeneratorMj()));
    }

    List<Figure> carbon() {
        SiteWindow w = window();
        return List.of(
                mass("co2_avoided", w.hasCo2AvoidedUg(), w.getCo2AvoidedUg()),
                mass("co2_avoided_marginal", w.hasCo2AvoidedMarginalUg(), w.getCo2AvoidedMarginalUg()),
                mass("co2_export", w.hasCo2ExportUg(), w.getCo2ExportUg()),
                mass("co2_location", w.hasCo2LocationUg(), w.getCo2LocationUg()),
                Figure.of("co2_coverage", w.hasCo2Coverage(), w.getCo2Coverage(), "", 4));
    }

    /** The figures of a part that its table shows. */
    static List<Figure> ofPart(SiteWindow w) {
        return List.of(
                Figure.of("pue", w.hasPue(), w.getPue(), "", 3),
                energy("energy_dc", w.hasEnergyDcMj(), w.getEnergyDcMj()),
                energy("energy_it", w.hasEnergyItMj(), w.getEnergyItMj()),
                energy("energy_pv", w.hasEnergyPvMj(), w.getEnergyPvMj()),
                energy("energy_self", w.hasEnergySelfMj(), w.getEnergySelfMj()),
                Figure.of("self_consumption", w.hasSelfConsumption(), w.getSelfConsumption(), "", 3),
                mass("co2_avoided", w.hasCo2AvoidedUg(), w.getCo2AvoidedUg()));
    }

    /**
     * The energy performance and sustainability indicators that Delegated Regulation (EU) 2024/1364, annexes II and III,
     * asks of data centres with an IT power demand of 500 kW and more, those that are measured first.
     */
    List<Figure> regulation() {
        SiteWindow w = window();
        List<Figure> fields = new ArrayList<>();
        fields.add(energy("eu_edc", w.hasEnergyDcMj(), w.getEnergyDcMj()));
        // at the UPS; where there is none, further down
        fields.add(
                w.hasEnergyIt1Mj()
                        ? energy("eu_eit", true, w.getEnergyIt1Mj())
                        : w.hasEnergyIt2Mj()
                                ? energy("eu_eit_pdu", true, w.getEnergyIt2Mj())
                                : energy("eu_eit_rack", w.hasEnergyIt3Mj(), w.getEnergyIt3Mj()));
        fields.add(energy("eu_eres_oos", w.hasEnergySelfMj(), w.getEnergySelfMj()));
        fields.add(
                w.hasPue1()
                        ? Figure.of("eu_pue", true, w.getPue1(), "", 3)
                        : Figure.of("eu_pue", w.hasPue(), w.getPue(), "", 3));
        fields.add(Figure.of("eu_ref_onsite", w.hasRef(), w.getRef(), "", 4));
        Stream.of(
                        "eu_pdit/kW",
                        "eu_sdc/m2",
                        "eu_scr/m2",
                        "eu_cbtg/kW",
                        "eu_win/m3",
                        "eu_win_pot/m3",
                        "eu_ereuse/kWh",
                        "eu_twh/°C",
                        "eu_tin/°C",
                        "eu_refrigerants/",
                        "eu_cdd/",
                        "eu_eres_tot/kWh",
                        "eu_eres_goo/kWh",
                        "eu_eres_ppa/kWh",
                        "eu_cserv/",
                        "eu_cstor/PB",
                        "eu_traffic/",
                        "eu_wue/m3/kWh",
                        "eu_erf/")
                .map(field ->
                        Figure.unknown(field.substring(0, field.indexOf('/')), field.substring(field.indexOf('/') + 1)))
                .forEach(fields::add);
        return fields;
    }

    private static Figure energy(String key, boolean present, long millijoules) {
        return Figure.of(key, present, millijoules / MILLIJOULES_PER_KWH, "kWh", 0);
    }

    private static Figure mass(String key, boolean present, long micrograms) {
        return Figure.of(key, present, micrograms / MICROGRAMS_PER_KILOGRAM, "kg", 0);
    }
}
