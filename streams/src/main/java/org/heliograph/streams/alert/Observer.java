package org.heliograph.streams.alert;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.heliograph.streams.rollup.Cause;
import org.heliograph.streams.rollup.Window;
import org.heliograph.telemetry.quantity.Watts;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.Branch;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.PointEnergy;
import org.heliograph.telemetry.wire.v1.PointStatistics;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;

/**
 * Makes observations of figures: of a device's minute and of a closed window by themselves, of devices among their {@link
 * Peers}, of the live state through the site's {@link RollCall}.
 */
final class Observer {
    private static final long MINUTE_MILLIS = 60_000;
    private static final double MIN_COVERAGE = 0.9;

    private final Inventory inventory = new Inventory();
    private final Peers peers;
    private final Map<String, RollCall> rollCalls = new HashMap<>();

    /** @param reach how far back what is read again can still be compared */
    Observer(Duration reach) {
        peers = new Peers(inventory, reach);
    }

    /** The devices, by the models that it was told of. */
    Inventory inventory() {
        return inventory;
    }

    /** What follows is read again: no devices are compared until {@link #gathered()}. */
    void gather() {
        peers.gather();
    }

    /** What was read again can be compared. */
    List<Observation> gathered() {
        return peers.gathered();
    }

    void model(SiteModel model) {
        inventory.put(model);
    }

    /** Takes up what people had been told of when it starts: what only a longer memory than its figures' can tell. */
    void recall(Judge judge) {
        for (Alert said : judge.standing(Watch.SILENCE)) {
            rollCall(said.getSite()).recallSilence(said);
        }
        for (Alert said : judge.standing(Watch.PACKS_MISSING)) {
            rollCall(said.getSite()).recallLoss(said);
        }
    }

    /** Whether the clock of the live state was set back; what it said from ahead is forgotten then. */
    boolean isSetBack(SiteLive live) {
        return rollCall(live.getSite()).isSetBack(live);
    }

    /** A site is no more. */
    void withdrawn(String site) {
        inventory.remove(site);
        rollCall(site).withdraw();
    }

    /** The sites of which the live state doesn't name all silent devices. */
    Set<String> unnamed() {
        return rollCalls.entrySet().stream()
                .filter(site -> site.getValue().isCut())
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** @param alerted devices of whose silence or clock people have been told */
    List<Observation> of(SiteLive live, Set<String> alerted) {
        return rollCall(live.getSite()).of(live, alerted);
    }

    private RollCall rollCall(String site) {
        return rollCalls.computeIfAbsent(site, _ -> new RollCall(inventory));
    }

    List<Observation> of(DeviceMinute minute) {
        List<Observation> seen = new ArrayList<>();
        Map<Point, PointStatistics> points = points(minute);
        of(points, Point.INLET_TEMP).ifPresent(inlet -> {
            seen.add(seen(Watch.INLET_HIGH, minute, inlet.getMax(), minute.getArea()));
            seen.add(seen(Watch.INLET_LOW, minute, inlet.getMin(), minute.getArea()));
        });
        of(points, Point.LEAK).ifPresent(leak -> seen.add(seen(Watch.LEAK, minute, leak.getMax(), minute.getArea())));
        of(points, Point.BREAKER)
                .ifPresent(breaker -> seen.add(seen(Watch.BREAKER, minute, breaker.getLast(), minute.getArea())));
        switch (Role.labelled(minute.getRole()).orElse(Role.ROOM)) {
            case GRID -> importExport(minute, seen);
            case PV -> inverter(minute, points, seen);
            case COOLING -> coolingUnit(minute, points, seen);
            case BATTERY, GENERATOR, UPS, FLOOR_PDU, IT, AUXILIARY, ROOM -> {}
        }
        return seen;
    }

    private static Map<Point, PointStatistics> points(DeviceMinute minute) {
        Map<Point, PointStatistics> points = new HashMap<>();
        for (PointStatistics statistics : minute.getPointsList()) {
            if (statistics.getCount() > 0) {
                Point.numbered(statistics.getPoint()).ifPresent(point -> points.put(point, statistics));
            }
        }
        return points;
    }

    private static Optional<PointStatistics> of(Map<Point, PointStatistics> points, Point point) {
        return Optional.ofNullable(points.get(point));
    }

    private void importExport(DeviceMinute minute, List<Observation> seen) {
        long imported = 0;
        long exported = 0;
        for (PointEnergy energy : minute.getEnergyList()) {
            if (energy.getPoint() == Point.ENERGY_IMPORT.number()) {
                imported = energy.getMillijoules();
            } else if (energy.getPoint() == Point.ENERGY_EXPORT.number()) {
                exported = energy.getMillijoules();
            }
        }
        long greater = Math.max(imported, exported);
        if (minute.hasEnergyMj() && greater > 0) {
            seen.add(seen(Watch.IMPORT_EXPORT, minute, Math.min(imported, exported) / (double) greater, ""));
        }
    }

    private void inverter(DeviceMinute minute, Map<Point, PointStatistics> points, List<Observation> seen) {
        Optional<Device> device = inventory.device(minute.getSite(), minute.getDevice(), minute.getStartMs());
        of(points, Point.STATE).ifPresent(state -> {
            seen.add(seen(Watch.INVERTER_STATE, minute, state.getLast(), ""));
            // while no model tells how the device numbers its states, nobody knows whether it is a fault
            device.map(one -> one.profile().states())
                    .ifPresent(states -> seen.add(seen(
                            Watch.INVERTER_FAULT,
                            minute,
                            states.isFault(state.getLast()) ? 1 : 0,
                            "it says " + states.name(state.getLast()).orElse(Double.toString(state.getLast())))));
        });
        if (minute.hasEnergyMj() && minute.getCoverage() >= 1) {
            // its own rating: a profile's is the most that one of the class can have, and nothing to be compared by
            device.flatMap(Device::rating)
                    .map(Watts::value)
                    .map(watts -> minute.getEnergyMj() / (watts * (double) MINUTE_MILLIS))
                    .ifPresent(share -> seen.addAll(peers.inverter(minute, share)));
        }
    }

    private void coolingUnit(DeviceMinute minute, Map<Point, PointStatistics> points, List<Observation> seen) {
        of(points, Point.EVENTS)
                .ifPresent(events -> seen.add(seen(Watch.COOLING_EVENTS, minute, events.getLast(), minute.getArea())));
        seen.addAll(peers.coolingUnit(minute, points));
    }

    private Observation seen(Watch watch, DeviceMinute minute, double value, String remark) {
        String site = minute.getSite();
        String device = minute.getDevice();
        long endMillis = minute.getStartMs() + MINUTE_MILLIS;
        long patienceMillis = inventory.patienceMillis(site, device, endMillis);
        return new Observation(watch, site, device, value, endMillis, patienceMillis, remark);
    }

    /** Of a closed quarter; not of one that a factor has restated, which may be of last year and has no other PUE by that. */
    List<Observation> of(SiteWindow window) {
        boolean isClosed = window.getState() == WindowState.FINAL || window.getState() == WindowState.REVISED;
        boolean isNews = isClosed && !window.getCause().equals(Cause.FACTOR.label());
        if (!isNews || !window.getWindow().equals(Window.QUARTER.label()) || window.getCoverage() < MIN_COVERAGE) {
            return List.of();
        }
        List<Observation> seen = new ArrayList<>();
        if (window.hasPue()) {
            seen.add(seen(Watch.PUE, window, "", window.getPue(), window.getPueCategory()));
        }
        if (window.getEnergyDcMj() > 0) {
            for (Branch branch : window.getBranchesList()) {
                if (branch.hasRemainderMj() && branch.getCoverage() >= MIN_COVERAGE) {
                    double share = Math.max(0, branch.getRemainderMj() / (double) window.getEnergyDcMj());
                    seen.add(seen(Watch.REMAINDER, window, branch.getDevice(), share, ""));
                }
            }
        }
        return seen;
    }

    private static Observation seen(Watch watch, SiteWindow window, String device, double value, String remark) {
        return new Observation(watch, window.getSite(), device, value, window.getEndMs(), remark);
    }
}
