package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/** What was said last of a site's windows, against what was said last of their parts. */
final class WindowParts {
    private WindowParts() {}

    /** Each window is what its parts add up to, and there is none without the other. */
    static void assertAddUp(Collection<SiteWindow> said, ZoneId zone) {
        for (Window window : Window.values()) {
            assertAddUp(said, window, zone, "location-based CO2", SiteWindow::getCo2LocationUg);
            assertAddUp(said, window, zone, "marginal CO2", SiteWindow::getCo2AvoidedMarginalUg);
            assertAddUp(said, window, zone, "import", SiteWindow::getEnergyImportMj);
            assertAddUp(said, window, zone, "PV", SiteWindow::getEnergyPvMj);
            assertAddUp(said, window, zone, "IT", SiteWindow::getEnergyIt3Mj);
        }
    }

    private static void assertAddUp(
            Collection<SiteWindow> said, Window whole, ZoneId zone, String name, ToLongFunction<SiteWindow> figure) {
        if (whole.part().isEmpty()) {
            return;
        }
        Map<Instant, Long> sums = new TreeMap<>();
        Map<Instant, Long> wholes = new TreeMap<>();
        said.forEach(window -> {
            Instant start = Instant.ofEpochMilli(window.getStartMs());
            if (window.getWindow().equals(whole.part().get().label())) {
                sums.merge(
                        new WindowKey("", whole, start).within(whole, zone).start(),
                        figure.applyAsLong(window),
                        Long::sum);
            } else if (window.getWindow().equals(whole.label())) {
                wholes.put(start, figure.applyAsLong(window));
            }
        });
        Map<Instant, String> differing = new TreeMap<>();
        Stream.concat(wholes.keySet().stream(), sums.keySet().stream())
                .filter(start -> !Objects.equals(wholes.get(start), sums.get(start)))
                .forEach(start -> differing.put(start, wholes.get(start) + " of parts of " + sums.get(start)));
        assertThat(differing).as("%s of %s", name, whole.label()).isEmpty();
    }
}
