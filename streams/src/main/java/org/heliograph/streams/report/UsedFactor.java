package org.heliograph.streams.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.factor.Feed;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/**
 * A version of a published factor that a window names as one of its own.
 *
 * @param factor empty when neither the configuration nor {@code hg.factors} has it any more
 */
record UsedFactor(String id, String version, Optional<EmissionFactor> factor) {
    static List<UsedFactor> of(SiteWindow window, Factors known) {
        return Stream.of(window.getFactorAverage(), window.getFactorMarginal(), window.getFactorFuel())
                .flatMap(named -> Stream.of(named.split(",", -1)))
                .distinct()
                .filter(name -> name.indexOf('@') > 0)
                .map(name -> named(name.substring(0, name.indexOf('@')), name.substring(name.indexOf('@') + 1), known))
                .filter(used -> Feed.of(used.id()).isEmpty())
                .toList();
    }

    private static UsedFactor named(String id, String version, Factors known) {
        return new UsedFactor(
                id,
                version,
                known.all().stream()
                        .filter(factor ->
                                factor.id().equals(id) && factor.version().equals(version))
                        .findFirst());
    }

    String name() {
        return id + "@" + version;
    }

    /** Whether one restates the other: they are for the same time, for all that is known. */
    boolean isOtherVersionOf(UsedFactor other) {
        return id.equals(other.id)
                && !version.equals(other.version)
                && factor.flatMap(one -> other.factor.map(two -> overlap(one, two)))
                        .orElse(true);
    }

    private static boolean overlap(EmissionFactor one, EmissionFactor other) {
        return one.validFrom().isBefore(other.validTo()) && other.validFrom().isBefore(one.validTo());
    }
}
