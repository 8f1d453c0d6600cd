package org.heliograph.streams.factor.record;

import java.util.List;
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.streams.factor.IntensityPoint;

/** What a record of {@code hg.factors} says. */
public sealed interface FactorUpdate {
    /** A version of a factor. */
    record Published(EmissionFactor factor) implements FactorUpdate {}

    /** A version that no longer counts. */
    record Withdrawn(String id, String version) implements FactorUpdate {}

    /** Points of a series; none when the record only says that its bucket needn't be kept any longer. */
    record Points(String series, List<IntensityPoint> points) implements FactorUpdate {
        public Points {
            points = List.copyOf(points);
        }
    }

    /** It can't be read. */
    record Refused(String reason) implements FactorUpdate {}
}
