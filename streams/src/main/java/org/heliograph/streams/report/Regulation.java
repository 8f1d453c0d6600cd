package org.heliograph.streams.report;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/**
 * The energy performance and sustainability indicators that Delegated Regulation (EU) 2024/1364, annexes II and III, asks of
 * data centres with an IT power demand of 500 kW and more: first those that are measured, then the others, which an operator
 * fills in.
 */
final class Regulation {
    private static final List<Figure> NOT_MEASURED = List.of(
            Figure.unknown("eu_pdit", "kW"),
            Figure.unknown("eu_sdc", "m2"),
            Figure.unknown("eu_scr", "m2"),
            Figure.unknown("eu_cbtg", "kW"),
            Figure.unknown("eu_win", "m3"),
            Figure.unknown("eu_win_pot", "m3"),
            Figure.unknown("eu_ereuse", "kWh"),
            Figure.unknown("eu_twh", "°C"),
            Figure.unknown("eu_tin", "°C"),
            Figure.unknown("eu_refrigerants", ""),
            Figure.unknown("eu_cdd", ""),
            Figure.unknown("eu_eres_tot", "kWh"),
            Figure.unknown("eu_eres_goo", "kWh"),
            Figure.unknown("eu_eres_ppa", "kWh"),
            Figure.unknown("eu_cserv", ""),
            Figure.unknown("eu_cstor", "PB"),
            Figure.unknown("eu_traffic", ""),
            Figure.unknown("eu_wue", "m3/kWh"),
            Figure.unknown("eu_erf", ""));

    private Regulation() {}

    static List<Figure> figures(SiteWindow w) {
        ItLevel level = ItLevel.of(w);
        List<Figure> figures = new ArrayList<>();
        figures.add(SiteReport.energy("eu_edc", w.hasEnergyDcMj(), w.getEnergyDcMj())
                .of(SiteReport.coverage(w, "energy_dc")));
        figures.add(SiteReport.energy(level.key(), level.isKnown(), level.millijoules())
                .of(level.coverage()));
        figures.add(SiteReport.energy("eu_eres_oos", w.hasEnergySelfMj(), w.getEnergySelfMj())
                .of(SiteReport.coverage(w, "energy_self")));
        figures.add(pue(w, level));
        figures.add(Figure.of("eu_ref_onsite", w.hasRef(), w.getRef(), "", 4).of(SiteReport.coverage(w, "ref")));
        figures.addAll(NOT_MEASURED);
        return figures;
    }

    /** Below 1 the level has no PUE: that of another one would hide that its EIT can't be right. */
    private static Figure pue(SiteWindow w, ItLevel level) {
        if (level.pue().isPresent()) {
            return new Figure("eu_pue", level.pue(), "", 3, SiteReport.coverage(w, level.pueName()));
        }
        boolean isOfLevel = w.getPueCategory().equalsIgnoreCase(level.pueName());
        return Figure.of("eu_pue", w.hasPue() && isOfLevel, w.getPue(), "", 3).of(w.getCoverage());
    }

    /**
     * Where the energy of the IT is taken: at the UPS; further down only where a level covers the window and those above
     * don't.
     */
    private record ItLevel(
            String key, boolean isKnown, long millijoules, double coverage, String pueName, OptionalDouble pue) {
        static ItLevel of(SiteWindow w) {
            List<ItLevel> levels = List.of(
                    new ItLevel(
                            "eu_eit",
                            w.hasEnergyIt1Mj(),
                            w.getEnergyIt1Mj(),
                            SiteReport.coverage(w, "energy_it1"),
                            "pue1",
                            w.hasPue1() ? OptionalDouble.of(w.getPue1()) : OptionalDouble.empty()),
                    new ItLevel(
                            "eu_eit_pdu",
                            w.hasEnergyIt2Mj(),
                            w.getEnergyIt2Mj(),
                            SiteReport.coverage(w, "energy_it2"),
                            "pue2",
                            w.hasPue2() ? OptionalDouble.of(w.getPue2()) : OptionalDouble.empty()),
                    new ItLevel(
                            "eu_eit_rack",
                            w.hasEnergyIt3Mj(),
                            w.getEnergyIt3Mj(),
                            SiteReport.coverage(w, "energy_it3"),
                            "pue3",
                            w.hasPue3() ? OptionalDouble.of(w.getPue3()) : OptionalDouble.empty()));
            List<ItLevel> known = levels.stream().filter(ItLevel::isKnown).toList();
            return known.stream()
                    .filter(level -> level.coverage() >= SiteReport.ANNUAL_COVERAGE)
                    .findFirst()
                    .or(() -> known.stream().findFirst())
                    .orElse(levels.getFirst());
        }
    }
}
