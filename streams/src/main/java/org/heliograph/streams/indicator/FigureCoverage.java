package org.heliograph.streams.indicator;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How much of a window a figure is of. A device that wasn't heard lowers an energy, and leaves its minutes out of a ratio:
 * neither must be taken for that of the whole window.
 *
 * @param figure by its name on the wire, without the unit
 * @param coverage minutes in which every meter of the figure covered the whole minute / minutes of the window
 */
public record FigureCoverage(String figure, double coverage) {
    /**
     * @param known minutes in which anything is known of it: of none, there is no figure
     * @param cover what is to be added to those; empty where they are covered
     */
    private record Extent(String figure, Sum known, Optional<Sum> cover) {
        private static Extent heard(String figure, Sum known, Sum cover) {
            return new Extent(figure, known, Optional.of(cover));
        }

        private static Extent matched(String figure, Sum known) {
            return new Extent(figure, known, Optional.empty());
        }

        private FigureCoverage in(Figures figures) {
            long covered =
                    figures.sums().get(known) + cover.map(figures.sums()::get).orElse(0L);
            return new FigureCoverage(figure, figures.share(Math.max(0, covered)));
        }
    }

    private static final Extent LIFECYCLE =
            Extent.heard("co2_avoided_lifecycle", Sum.CO2_AVERAGE_MINUTES, Sum.SELF_COVER);

    private static final List<Extent> EXTENTS = List.of(
            Extent.matched("energy_dc", Sum.DC_MINUTES),
            Extent.heard("energy_it1", Sum.IT1_MINUTES, Sum.IT1_COVER),
            Extent.heard("energy_it2", Sum.IT2_MINUTES, Sum.IT2_COVER),
            Extent.heard("energy_it3", Sum.IT3_MINUTES, Sum.IT3_COVER),
            Extent.heard("energy_cooling", Sum.COOLING_MINUTES, Sum.COOLING_COVER),
            Extent.heard("energy_auxiliary", Sum.AUXILIARY_MINUTES, Sum.AUXILIARY_COVER),
            Extent.heard("energy_import", Sum.GRID_MINUTES, Sum.GRID_COVER),
            Extent.heard("energy_export", Sum.EXPORT_MINUTES, Sum.EXPORT_COVER),
            Extent.heard("energy_pv", Sum.PV_MINUTES, Sum.PV_COVER),
            Extent.heard("energy_self", Sum.SELF_MINUTES, Sum.SELF_COVER),
            Extent.heard("energy_charge", Sum.CHARGE_MINUTES, Sum.CHARGE_COVER),
            Extent.heard("energy_discharge", Sum.BATTERY_MINUTES, Sum.BATTERY_COVER),
            Extent.heard("energy_generator", Sum.GENERATOR_MINUTES, Sum.GENERATOR_COVER),
            Extent.matched("pue1", Sum.PUE1_MINUTES),
            Extent.matched("pue2", Sum.PUE2_MINUTES),
            Extent.matched("pue3", Sum.PUE3_MINUTES),
            Extent.heard("self_consumption", Sum.CONSUMPTION_MINUTES, Sum.SELF_COVER),
            Extent.matched("self_sufficiency", Sum.SUFFICIENCY_MINUTES),
            Extent.matched("ref", Sum.SUFFICIENCY_MINUTES),
            Extent.heard("co2_avoided", Sum.CO2_AVERAGE_MINUTES, Sum.SELF_COVER),
            LIFECYCLE,
            Extent.heard("co2_avoided_marginal", Sum.CO2_MARGINAL_MINUTES, Sum.SELF_COVER),
            Extent.matched("co2_export", Sum.CO2_EXPORT_MINUTES),
            Extent.matched("co2_location", Sum.CO2_GRID_MINUTES));

    /** Those of a window's figures that aren't of all of it. */
    static List<FigureCoverage> partial(Figures figures) {
        Stream<FigureCoverage> known = EXTENTS.stream()
                .filter(extent -> figures.sums().get(extent.known()) > 0)
                .filter(extent ->
                        !extent.equals(LIFECYCLE) || figures.lifecycleAvoided().isPresent())
                .map(extent -> extent.in(figures));
        Stream<FigureCoverage> cue = Stream.of(figures.cueMinutes())
                .filter(minutes -> minutes > 0)
                .map(minutes -> new FigureCoverage("cue", figures.share(minutes)));
        return Stream.concat(known, cue).filter(figure -> figure.coverage() < 1).toList();
    }
}
