package org.heliograph.streams.topology;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/** A window's CO2, by the definitions: null where there is none. */
final class ExpectedCarbon {
    private static final BigDecimal KILOWATT_HOUR = BigDecimal.valueOf(3_600_000_000L);

    private final Map<String, Long> sums = new TreeMap<>();
    private boolean unknownFuel;

    void add(FactorWorld.Share share, OptionalLong average, OptionalLong marginal, OptionalLong fuel) {
        boolean self = share.heard(0) && share.heard(1);
        if (self && average.isPresent()) {
            add("avoided", mass(share.pv() - share.exported(), average.getAsLong()));
        }
        if (self && marginal.isPresent()) {
            add("marginal", mass(share.pv() - share.exported(), marginal.getAsLong()));
        }
        boolean generated =
                share.generated() > 0 && (share.heard(2) || share.generated() % 2 == 0); // a part of it was heard
        unknownFuel |= generated && fuel.isEmpty();
        if (share.heard(0) && average.isPresent()) {
            add("location", mass(share.imported(), average.getAsLong()));
            add("export", mass(share.exported(), average.getAsLong()));
            if (share.heard(2) && share.heard(3) && !(generated && fuel.isEmpty())) {
                add("emitted", mass(share.imported(), average.getAsLong()) + mass(share.generated(), fuel.orElse(0)));
                add("it", share.it());
            }
        }
    }

    private void add(String figure, long value) {
        sums.merge(figure, value, Long::sum);
    }

    String figures() {
        boolean cue = !unknownFuel && sums.getOrDefault("it", 0L) > 0;
        return "%s %s %s %s %s"
                .formatted(
                        sums.get("avoided"),
                        sums.get("marginal"),
                        sums.get("location"),
                        sums.get("export"),
                        cue
                                ? sums.getOrDefault("emitted", 0L)
                                        / (double) sums.getOrDefault("it", 0L)
                                        * (3.6e9 / 1e9)
                                : null);
    }

    static String of(SiteWindow window) {
        return "%s %s %s %s %s"
                .formatted(
                        window.hasCo2AvoidedUg() ? window.getCo2AvoidedUg() : null,
                        window.hasCo2AvoidedMarginalUg() ? window.getCo2AvoidedMarginalUg() : null,
                        window.hasCo2LocationUg() ? window.getCo2LocationUg() : null,
                        window.hasCo2ExportUg() ? window.getCo2ExportUg() : null,
                        window.hasCue() ? window.getCue() : null);
    }

    private static long mass(long millijoules, long microgramsPerKilowattHour) {
        return BigDecimal.valueOf(millijoules)
                .multiply(BigDecimal.valueOf(microgramsPerKilowattHour))
                .divide(KILOWATT_HOUR, 0, RoundingMode.HALF_UP)
                .longValueExact();
    }
}
