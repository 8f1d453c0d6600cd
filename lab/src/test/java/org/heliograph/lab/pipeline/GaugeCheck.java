package org.heliograph.lab.pipeline;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.heliograph.lab.pipeline.LedgerCheck.Difference;
import org.heliograph.lab.server.Row;
import org.heliograph.sim.device.GaugeLedger;
import org.heliograph.sim.device.GaugeLedger.Hour;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.SiteModel;

/**
 * The gauges of the devices without faults, by the hour, beside what their instruments have read. Number, least, most and
 * last are equal to the bit; means are sums in another order, and equal but for its rounding. A lost or a doubled reading
 * shows here, which no counter's energy could tell.
 */
public final class GaugeCheck {
    private static final double ROUNDING = 1e-9;

    private final FigureStore store;
    private final GaugeLedger truth;
    private final String site;
    private final Set<String> devices;

    /** @param devices those to compare */
    GaugeCheck(FigureStore store, GaugeLedger truth, String site, Set<String> devices) {
        this.store = store;
        this.truth = truth;
        this.site = site;
        this.devices = devices;
    }

    /** Of the devices without faults. */
    public static GaugeCheck of(Pipeline pipeline) {
        SiteModel model = pipeline.site().model();
        Set<String> devices = model.devices().stream().map(Device::id).collect(Collectors.toCollection(TreeSet::new));
        pipeline.faults()
                .effects()
                .forEach(effect -> devices.remove(effect.fault().device()));
        return new GaugeCheck(pipeline.store(), pipeline.site().gauges(), model.site(), devices);
    }

    private record Key(String device, String point, Instant hour) {}

    /**
     * @param from the beginning of an hour of UTC
     * @param until up to which the devices have read
     * @throws IllegalArgumentException if no hour begins there
     */
    public List<Difference> differences(Instant from, Instant until) {
        if (!from.equals(from.truncatedTo(ChronoUnit.HOURS))) {
            throw new IllegalArgumentException(from + " is not the beginning of an hour");
        }
        Map<Key, Row> stored = new HashMap<>();
        store.pointHours(site, from, until)
                .forEach(row -> stored.put(new Key(row.text("device"), row.text("point"), row.time("time")), row));
        List<Difference> differences = new ArrayList<>();
        for (String device : devices) {
            truth.hours(device)
                    .forEach((point, hours) -> hours.subMap(from, until)
                            .forEach((start, hour) -> compare(
                                    device,
                                    point,
                                    start,
                                    hour,
                                    stored.getOrDefault(new Key(device, point.label(), start), new Row(Map.of())),
                                    differences)));
        }
        return differences;
    }

    private static void compare(
            String device, Point point, Instant start, Hour hour, Row row, List<Difference> differences) {
        double count = row.number("n").orElse(0);
        boolean isComplete = count == hour.count();
        if (!isComplete && !(count < hour.count() && count >= hour.count() - hour.mistakable())) {
            differences.add(new Difference(device, start, point.label() + " count", "" + count, "" + hour.count()));
        }
        if (!isComplete) {
            return; // what the engine takes for "no value" isn't in any of the others either
        }
        Map<String, Double> exact = Map.of("low", hour.min(), "high", hour.max(), "latest", hour.last());
        exact.forEach((name, value) -> {
            OptionalDouble said = row.number(name);
            if (said.isEmpty() || said.getAsDouble() != value) {
                differences.add(new Difference(device, start, point.label() + " " + name, "" + said, "" + value));
            }
        });
        OptionalDouble total = row.number("total");
        double margin = ROUNDING * Math.max(1, Math.abs(hour.sum()));
        if (total.isEmpty() || Math.abs(total.getAsDouble() - hour.sum()) > margin) {
            differences.add(new Difference(device, start, point.label() + " mean", "" + total, "" + hour.sum()));
        }
    }
}
