package org.heliograph.streams.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.heliograph.streams.rollup.Window;
import org.heliograph.telemetry.quantity.Watts;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.v1.AgentHeard;
import org.heliograph.telemetry.wire.v1.AgentLoss;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.Branch;
import org.heliograph.telemetry.wire.v1.Canary;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.PointEnergy;
import org.heliograph.telemetry.wire.v1.PointStatistics;
import org.heliograph.telemetry.wire.v1.SilentDevice;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;

/** Makes observations of figures. Remembers only what it takes to compare a device with its neighbours. */
final class Observer {
    /** At most this many silent devices are named. */
    private static final int MOST_NAMED = 100;

    private static final long MINUTE_MILLIS = 60_000;
    private static final double MIN_COVERAGE = 0.9;

    /** Fewer devices than that have no median to be compared with. */
    private static final int FEWEST_INVERTERS = 3;

    /** Share of an inverter's rating: with less sun than that, shadows decide. */
    private static final double LEAST_SUN = 0.1;

    /** A unit that is asked for at least so much cools. */
    private static final double COOLING_PERCENT = 20;

    /**
     * While a site's newest reading is older, and more than its most frequent device may be, its devices aren't silent one by
     * one: the site is.
     */
    private static final long SITE_SILENT_MILLIS = Duration.ofMinutes(2).toMillis();

    /** The patience with a device that no model has. */
    private static final Duration UNKNOWN_PATIENCE = Duration.ofMinutes(3);

    private static final long SECOND_MILLIS = 1_000;

    /** More than statements of one moment differ by, less than anybody waits for. */
    private static final long CLOCK_STEP_MILLIS = Duration.ofMinutes(1).toMillis();

    private final Map<String, SiteModel> models = new HashMap<>();
    /** For each site, the patience with the device that is heard most often. */
    private final Map<String, Long> leastPatienceMillis = new HashMap<>();

    private final Rows<CoolingUnit> cooling;
    private final Rows<Double> yields;
    private final Map<String, Silences> silences = new HashMap<>();
    private final Map<String, Map<String, RecentLoss>> losses = new HashMap<>();
    private final Map<String, Map<String, Alert>> toldLosses = new HashMap<>();
    private final Map<String, Long> liveMillis = new HashMap<>();
    private final Set<String> unnamed = new HashSet<>();

    /** What a cooling unit says of a minute. */
    private record CoolingUnit(OptionalDouble demand, OptionalDouble heats) {
        boolean cools() {
            return demand.isPresent() && demand.getAsDouble() >= COOLING_PERCENT;
        }
    }

    /** @param reach how far back what is read again can still be compared */
    Observer(Duration reach) {
        cooling = new Rows<>(reach);
        yields = new Rows<>(reach);
    }

    /** What follows is read again: nothing is compared until {@link #gathered()}. */
    void gather() {
        cooling.gather();
        yields.gather();
    }

    /** What was read again can be compared. */
    List<Observation> gathered() {
        List<Observation> seen = new ArrayList<>();
        cooling.gathered().forEach(row -> compareCooling(row, seen));
        yields.gathered().forEach(row -> compareYields(row, seen));
        return seen;
    }

    void model(SiteModel model) {
        models.put(model.site(), model);
        leastPatienceMillis.put(
                model.site(),
                model.devices().stream()
                        .filter(device -> !device.profile().isOfAgent())
                        .mapToLong(device -> device.profile().patience().toMillis())
                        .min()
                        .orElse(SITE_SILENT_MILLIS));
    }

    /** Takes up what people had been told of when it starts: what only a longer memory than its figures' can tell. */
    void recall(Judge judge) {
        for (Alert said : judge.standing(Watch.SILENCE)) {
            long silentMillis = Math.round(said.getValue() * SECOND_MILLIS);
            silencesOf(said.getSite()).recall(said.getDevice(), said.getTimeMs() - silentMillis);
        }
        for (Alert said : judge.standing(Watch.PACKS_MISSING)) {
            toldLosses.computeIfAbsent(said.getSite(), _ -> new HashMap<>()).put(said.getDevice(), said);
        }
    }

    List<Observation> of(DeviceMinute minute) {
        List<Observation> seen = new ArrayList<>();
        Role role = Role.labelled(minute.getRole()).orElse(Role.ROOM);
        Map<Point, PointStatistics> points = points(minute);
        of(points, Point.INLET_TEMP).ifPresent(inlet -> {
            seen.add(seen(Watch.INLET_HIGH, minute, inlet.getMax(), minute.getArea()));
            seen.add(seen(Watch.INLET_LOW, minute, inlet.getMin(), minute.getArea()));
        });
        of(points, Point.LEAK).ifPresent(leak -> seen.add(seen(Watch.LEAK, minute, leak.getMax(), minute.getArea())));
        of(points, Point.BREAKER)
                .ifPresent(breaker -> seen.add(seen(Watch.BREAKER, minute, breaker.getLast(), minute.getArea())));
        switch (role) {
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

    private Observation seen(Watch watch, DeviceMinute minute, double value, String remark) {
        return seen(watch, minute.getSite(), minute.getDevice(), value, minute.getStartMs() + MINUTE_MILLIS, remark);
    }

    private Observation seen(Watch watch, String site, String device, double value, long timeMillis, String remark) {
        return new Observation(
                watch, site, device, value, timeMillis, patienceMillis(site, device, timeMillis), remark);
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
        of(points, Point.STATE).ifPresent(state -> state(minute, state.getLast(), seen));
        OptionalDouble rating = rating(minute);
        if (!minute.hasEnergyMj() || minute.getCoverage() < 1 || rating.isEmpty()) {
            return;
        }
        double share = minute.getEnergyMj() / (rating.getAsDouble() * MINUTE_MILLIS);
        yields.add(area(minute), minute.getDevice(), minute.getStartMs(), share)
                .forEach(row -> compareYields(row, seen));
    }

    /** While no model tells how the device numbers its states, nobody knows whether it is a fault. */
    private void state(DeviceMinute minute, double state, List<Observation> seen) {
        seen.add(seen(Watch.INVERTER_STATE, minute, state, ""));
        device(minute.getSite(), minute.getDevice(), minute.getStartMs())
                .map(device -> device.profile().states())
                .ifPresent(states -> seen.add(seen(
                        Watch.INVERTER_FAULT,
                        minute,
                        states.isFault(state) ? 1 : 0,
                        "it says " + states.name(state).orElse(Double.toString(state)))));
    }

    /** Its own: a profile's is the most that one of the class can have, and nothing to be compared by. */
    private OptionalDouble rating(DeviceMinute minute) {
        return device(minute.getSite(), minute.getDevice(), minute.getStartMs())
                .flatMap(Device::rating)
                .map(Watts::value)
                .map(OptionalDouble::of)
                .orElse(OptionalDouble.empty());
    }

    private Optional<Device> device(String site, String name, long timeMillis) {
        return Optional.ofNullable(models.get(site))
                .flatMap(model -> model.device(name, Instant.ofEpochMilli(timeMillis)));
    }

    private static Rows.Area area(DeviceMinute minute) {
        return new Rows.Area(minute.getSite(), minute.getArea());
    }

    private void compareYields(Rows.Row<Double> row, List<Observation> seen) {
        double median = median(
                row.devices().values().stream().mapToDouble(Double::doubleValue).toArray());
        if (row.devices().size() < FEWEST_INVERTERS || median < LEAST_SUN) {
            return;
        }
        row.devices()
                .forEach((device, share) -> seen.add(seen(
                        Watch.INVERTER_YIELD,
                        row.area().site(),
                        device,
                        share / median,
                        row.startMillis() + MINUTE_MILLIS,
                        row.devices().size() + " inverters compared")));
    }

    private void coolingUnit(DeviceMinute minute, Map<Point, PointStatistics> points, List<Observation> seen) {
        of(points, Point.EVENTS)
                .ifPresent(events -> seen.add(seen(Watch.COOLING_EVENTS, minute, events.getLast(), minute.getArea())));
        Optional<PointStatistics> supply = of(points, Point.SUPPLY_TEMP);
        Optional<PointStatistics> back = of(points, Point.RETURN_TEMP);
        Optional<PointStatistics> demand = of(points, Point.COOLING_DEMAND);
        CoolingUnit unit = new CoolingUnit(
                demand.map(percent -> OptionalDouble.of(percent.getMean())).orElse(OptionalDouble.empty()),
                supply.isPresent() && back.isPresent()
                        ? OptionalDouble.of(supply.get().getMean() - back.get().getMean())
                        : OptionalDouble.empty());
        cooling.add(area(minute), minute.getDevice(), minute.getStartMs(), unit)
                .forEach(row -> compareCooling(row, seen));
    }

    private void compareCooling(Rows.Row<CoolingUnit> row, List<Observation> seen) {
        Rows.Area area = row.area();
        long timeMillis = row.startMillis() + MINUTE_MILLIS;
        row.devices().forEach((device, unit) -> {
            Map<String, CoolingUnit> others = new TreeMap<>(row.devices());
            others.remove(device);
            if (others.isEmpty()) {
                return;
            }
            if (unit.heats().isPresent()) {
                boolean othersCool = others.values().stream().anyMatch(CoolingUnit::cools);
                double against = othersCool ? Math.max(0, unit.heats().getAsDouble()) : 0;
                seen.add(seen(Watch.COOLING_AGAINST, area.site(), device, against, timeMillis, area.name()));
            }
            double[] demands = others.values().stream()
                    .filter(other -> other.demand().isPresent())
                    .mapToDouble(other -> other.demand().orElse(0))
                    .toArray();
            if (unit.demand().isPresent() && demands.length > 0) {
                double uneven = Math.max(0, unit.demand().getAsDouble() - median(demands));
                seen.add(seen(Watch.COOLING_UNEVEN, area.site(), device, uneven, timeMillis, area.name()));
            }
        });
    }

    private static double median(double[] values) {
        if (values.length == 0) {
            return 0;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    List<Observation> of(SiteWindow window) {
        boolean isClosed = window.getState() == WindowState.FINAL || window.getState() == WindowState.REVISED;
        if (!isClosed || !window.getWindow().equals(Window.QUARTER.label()) || window.getCoverage() < MIN_COVERAGE) {
            return List.of();
        }
        List<Observation> seen = new ArrayList<>();
        if (window.hasPue()) {
            seen.add(of(window, Watch.PUE, "", window.getPue(), window.getPueCategory()));
        }
        if (window.getEnergyDcMj() > 0) {
            for (Branch branch : window.getBranchesList()) {
                if (branch.hasRemainderMj() && branch.getCoverage() >= MIN_COVERAGE) {
                    double share = Math.max(0, branch.getRemainderMj() / (double) window.getEnergyDcMj());
                    seen.add(of(window, Watch.REMAINDER, branch.getDevice(), share, ""));
                }
            }
        }
        return seen;
    }

    private static Observation of(SiteWindow window, Watch watch, String device, double value, String remark) {
        return new Observation(watch, window.getSite(), device, value, window.getEndMs(), remark);
    }

    /** Whether the clock of the live state was set back; what it said from ahead is forgotten then. */
    boolean isSetBack(SiteLive live) {
        Long before = liveMillis.get(live.getSite());
        boolean isSetBack = before != null && live.getTimeMs() < before - CLOCK_STEP_MILLIS;
        if (isSetBack) {
            liveMillis.remove(live.getSite());
            silences.remove(live.getSite());
        }
        return isSetBack;
    }

    /** A site is no more. */
    void withdrawn(String site) {
        unnamed.remove(site);
    }

    /** The sites of which the live state doesn't name all silent devices. */
    Set<String> unnamed() {
        return Set.copyOf(unnamed);
    }

    /**
     * At most one statement a second of a site.
     *
     * @param alerted devices of whose silence or clock people have been told: they are said to be well until that is cleared
     */
    List<Observation> of(SiteLive live, Set<String> alerted) {
        long timeMillis = live.getTimeMs();
        if (timeMillis - liveMillis.getOrDefault(live.getSite(), Long.MIN_VALUE / 2) < SECOND_MILLIS) {
            return List.of();
        }
        liveMillis.put(live.getSite(), timeMillis);
        List<Observation> seen = new ArrayList<>();
        long latest = live.getLatestReadingMs();
        boolean isCurrent = latest > 0 && timeMillis - latest < silentMillis(live.getSite());
        if (latest > 0) {
            double age = seconds(timeMillis - latest);
            double late = isCurrent ? Math.clamp(age, 0, seconds(SITE_SILENT_MILLIS)) : age;
            seen.add(of(live, Watch.READINGS_AGE, "", late, ""));
            seen.add(of(live, Watch.CLOCK_AHEAD, "", Math.max(0, -age), ""));
        }
        seen.add(of(live, Watch.SITE_MODEL, "", live.hasModelRefused() ? 1 : 0, live.getModelRefused()));
        losses(live, seen);
        agents(live, seen);
        if (isCurrent) {
            silences(live, alerted, seen);
        }
        return seen;
    }

    private long silentMillis(String site) {
        return Math.max(SITE_SILENT_MILLIS, leastPatienceMillis.getOrDefault(site, SITE_SILENT_MILLIS));
    }

    private void losses(SiteLive live, List<Observation> seen) {
        if (live.getLossesCount() == 0) {
            return;
        }
        Map<String, RecentLoss> known = losses.get(live.getSite());
        Map<String, RecentLoss> agents = known == null ? new HashMap<>() : known;
        losses.put(live.getSite(), agents);
        for (AgentLoss loss : live.getLossesList()) {
            String agent = loss.getAgent();
            // what an agent lacks that comes later is news, not what one lacks that is there when the site is first
            // seen
            RecentLoss recent = agents.computeIfAbsent(
                    agent, _ -> firstSight(live.getSite(), agent, known == null ? loss.getMissing() : 0));
            seen.add(of(
                    live,
                    Watch.PACKS_MISSING,
                    agent,
                    (double) recent.at(loss.getMissing(), live.getTimeMs()),
                    loss.getMissing() + " of " + loss.getExpected() + " in all"));
        }
    }

    private RecentLoss firstSight(String site, String agent, long missing) {
        Alert said = toldLosses.getOrDefault(site, Map.of()).get(agent);
        return said == null
                ? new RecentLoss(missing)
                : RecentLoss.recalled(missing, Math.round(said.getValue()), said.getTimeMs());
    }

    private static void agents(SiteLive live, List<Observation> seen) {
        for (AgentHeard agent : live.getAgentsList()) {
            if (agent.hasBacklogMs()) {
                seen.add(of(live, Watch.AGENT_BACKLOG, agent.getAgent(), seconds(agent.getBacklogMs()), ""));
            }
            seen.add(
                    switch (agent.getClock()) {
                        case UNKEPT ->
                            of(live, Watch.AGENT_CLOCK, agent.getAgent(), 2, "no time service keeps it right");
                        case SET_LATE ->
                            of(live, Watch.AGENT_CLOCK, agent.getAgent(), 1, "readings waited until it was set");
                        case CLOCK_DOUBT_UNSPECIFIED, UNRECOGNIZED ->
                            of(live, Watch.AGENT_CLOCK, agent.getAgent(), 0, "");
                    });
        }
        for (Canary canary : live.getCanariesList()) {
            double age = Math.max(0, seconds(live.getTimeMs() - canary.getSungMs()));
            seen.add(of(live, Watch.CANARY_AGE, canary.getDevice(), age, ""));
        }
    }

    private static Observation of(SiteLive live, Watch watch, String device, double value, String remark) {
        return new Observation(watch, live.getSite(), device, value, live.getTimeMs(), remark);
    }

    private static double seconds(long millis) {
        return millis / (double) SECOND_MILLIS;
    }

    /** A device whose readings come, though old ones, isn't silent: its clock is behind, or it catches up. */
    private void silences(SiteLive live, Set<String> alerted, List<Observation> seen) {
        Silences silences = silencesOf(live.getSite());
        TreeSet<String> named = new TreeSet<>();
        for (SilentDevice silent : live.getSilentList()) {
            String device = silent.getDevice();
            named.add(device);
            silences.millis(silent, live.getTimeMs(), patienceMillis(live.getSite(), device, live.getTimeMs()))
                    .ifPresent(millis -> seen.add(of(
                            live,
                            Watch.SILENCE,
                            device,
                            seconds(millis),
                            silent.getLastMs() > 0 || silent.getHeardMs() > 0 ? "" : "never heard")));
            if (silent.getHeardMs() > 0) {
                seen.add(of(live, Watch.CLOCK_BEHIND, device, seconds(silent.getBehindMs()), ""));
            }
        }
        Set<String> back = new TreeSet<>();
        alerted.stream().filter(device -> !named.contains(device)).forEach(back::add);
        if (live.getDevicesStale() > live.getSilentCount()) {
            unnamed.add(live.getSite());
            // a list that was cut has the first by name: who comes after the last may be silent all the same; one that
            // has
            // fewer is of some of the partitions, and says nothing of who isn't in it
            boolean isCut = live.getSilentCount() >= MOST_NAMED;
            back.removeIf(device -> !isCut || device.compareTo(named.last()) > 0);
        } else {
            unnamed.remove(live.getSite());
            back.addAll(silences.back(named));
        }
        for (String device : back) {
            seen.add(of(live, Watch.SILENCE, device, 0, ""));
            seen.add(of(live, Watch.CLOCK_BEHIND, device, 0, ""));
        }
    }

    private Silences silencesOf(String site) {
        return silences.computeIfAbsent(site, _ -> new Silences());
    }

    private long patienceMillis(String site, String device, long timeMillis) {
        return device(site, device, timeMillis)
                .map(one -> one.profile().patience())
                .orElse(UNKNOWN_PATIENCE)
                .toMillis();
    }
}
