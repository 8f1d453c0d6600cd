package org.heliograph.streams.alert;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.PointStatistics;

/** Compares devices with those of their area: inverters under the same sun, and cooling units of the same room. */
final class Peers {
    /** Fewer inverters than that have no median to be compared with. */
    private static final int FEWEST_INVERTERS = 3;

    /** Share of an inverter's rating: with less sun than that, shadows decide. */
    private static final double LEAST_SUN = 0.1;

    /** A unit that is asked for at least so much cools. */
    private static final double COOLING_PERCENT = 20;

    private final Inventory inventory;
    private final Rows<Double> yields;
    private final Rows<CoolingUnit> cooling;

    /**
     * What a cooling unit says of a minute.
     *
     * @param heats how much warmer its supply air is than its return air
     */
    private record CoolingUnit(OptionalDouble demand, OptionalDouble heats) {
        static CoolingUnit of(Map<Point, PointStatistics> points) {
            OptionalDouble supply = mean(points, Point.SUPPLY_TEMP);
            OptionalDouble back = mean(points, Point.RETURN_TEMP);
            return new CoolingUnit(
                    mean(points, Point.COOLING_DEMAND),
                    supply.isPresent() && back.isPresent()
                            ? OptionalDouble.of(supply.getAsDouble() - back.getAsDouble())
                            : OptionalDouble.empty());
        }

        private static OptionalDouble mean(Map<Point, PointStatistics> points, Point point) {
            return Optional.ofNullable(points.get(point)).stream()
                    .mapToDouble(PointStatistics::getMean)
                    .findFirst();
        }

        boolean cools() {
            return demand.isPresent() && demand.getAsDouble() >= COOLING_PERCENT;
        }
    }

    /** @param reach how far back what is read again can still be compared */
    Peers(Inventory inventory, Duration reach) {
        this.inventory = inventory;
        yields = new Rows<>(reach);
        cooling = new Rows<>(reach);
    }

    /** What follows is read again: nothing is compared until {@link #gathered()}. */
    void gather() {
        cooling.gather();
        yields.gather();
    }

    /** What was read again can be compared. */
    List<Observation> gathered() {
        List<Observation> seen = new ArrayList<>();
        cooling.gathered().forEach(row -> seen.addAll(compareCooling(row)));
        yields.gathered().forEach(row -> seen.addAll(compareYields(row)));
        return seen;
    }

    /** @param share of the inverter's rating that it had in the minute */
    List<Observation> inverter(DeviceMinute minute, double share) {
        return yields.add(area(minute), minute.getDevice(), minute.getStartMs(), share).stream()
                .flatMap(row -> compareYields(row).stream())
                .toList();
    }

    List<Observation> coolingUnit(DeviceMinute minute, Map<Point, PointStatistics> points) {
        return cooling.add(area(minute), minute.getDevice(), minute.getStartMs(), CoolingUnit.of(points)).stream()
                .flatMap(row -> compareCooling(row).stream())
                .toList();
    }

    private static Rows.Area area(DeviceMinute minute) {
        return new Rows.Area(minute.getSite(), minute.getArea());
    }

    private List<Observation> compareYields(Rows.Row<Double> row) {
        Map<String, Double> shares = row.devices();
        double median =
                median(shares.values().stream().mapToDouble(Double::doubleValue).toArray());
        if (shares.size() < FEWEST_INVERTERS || median < LEAST_SUN) {
            return List.of();
        }
        String remark = shares.size() + " inverters compared";
        return shares.entrySet().stream()
                .map(share -> seen(Watch.INVERTER_YIELD, row, share.getKey(), share.getValue() / median, remark))
                .toList();
    }

    private List<Observation> compareCooling(Rows.Row<CoolingUnit> row) {
        List<Observation> seen = new ArrayList<>();
        row.devices().forEach((device, unit) -> {
            Map<String, CoolingUnit> others = new TreeMap<>(row.devices());
            others.remove(device);
            if (!others.isEmpty() && unit.heats().isPresent()) {
                boolean othersCool = others.values().stream().anyMatch(CoolingUnit::cools);
                double against = othersCool ? Math.max(0, unit.heats().getAsDouble()) : 0;
                seen.add(seen(
                        Watch.COOLING_AGAINST, row, device, against, row.area().name()));
            }
            double[] demands = others.values().stream()
                    .flatMapToDouble(other -> other.demand().stream())
                    .toArray();
            if (unit.demand().isPresent() && demands.length > 0) {
                double uneven = Math.max(0, unit.demand().getAsDouble() - median(demands));
                seen.add(seen(
                        Watch.COOLING_UNEVEN, row, device, uneven, row.area().name()));
            }
        });
        return seen;
    }

    private Observation seen(Watch watch, Rows.Row<?> row, String device, double value, String remark) {
        String site = row.area().site();
        long patienceMillis = inventory.patienceMillis(site, device, row.endMillis());
        return new Observation(watch, site, device, value, row.endMillis(), patienceMillis, remark);
    }

    /** At least one value. */
    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
