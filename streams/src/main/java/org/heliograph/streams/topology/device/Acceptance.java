package org.heliograph.streams.topology.device;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.RegisterMeter;
import org.heliograph.streams.sample.Samples;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.Pace;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.ClockQuality;
import org.heliograph.telemetry.wire.Dispatch;

/** Keeps accepted readings, and marks the minutes that they change. */
final class Acceptance {
    private final DeviceStores stores;
    private final AgentBook agents;
    private final Pace pace;
    private final EngineSettings settings;

    Acceptance(DeviceStores stores, AgentBook agents, Pace pace, EngineSettings settings) {
        this.stores = stores;
        this.agents = agents;
        this.pace = pace;
        this.settings = settings;
    }

    /** @param deviceKey the record's key, {@code {site}/{device}} */
    void accept(SiteModel site, String deviceKey, Dispatch pack, Readings readings, long nowMillis) {
        SeenDevice before = stores.devices().of(deviceKey);
        Samples all = Samples.of(readings);
        boolean late = before != null && all.earliestMillis() < before.timeMillis();
        SeenDevice seen = stores.devices().saw(deviceKey, readings, nowMillis);
        boolean isOwnClock = pack.clock() == ClockQuality.DEVICE;
        seen.heard(
                nowMillis,
                isOwnClock ? agents.behindMillis(site.site(), pack.origin().agent(), all.latestMillis()) : 0);
        pace.took(all.latestMillis());
        long first = DeviceMinute.startOf(all.earliestMillis());
        if (all.latestMillis() < first + DeviceMinute.LENGTH_MILLIS) {
            accept(site, seen, first, all, late, nowMillis);
            return;
        }
        for (long minute : minutes(all)) {
            accept(site, seen, minute, all.between(minute, minute + DeviceMinute.LENGTH_MILLIS), late, nowMillis);
        }
    }

    private static SortedSet<Long> minutes(Samples all) {
        SortedSet<Long> minutes = new TreeSet<>();
        for (Series series : all.series()) {
            for (int i = 0; i < series.size(); i++) {
                minutes.add(DeviceMinute.startOf(series.timeMillis(i)));
            }
        }
        return minutes;
    }

    private void accept(SiteModel site, SeenDevice seen, long minute, Samples added, boolean late, long nowMillis) {
        stores.dirty().mark(seen.key(), minute);
        Samples after = stores.samples().add(seen.key(), minute, added);
        Set<Point> metering = meteringPoints(site.history(seen.id().device()), seen);
        if (!metering.isEmpty()) {
            long oldest = settings.oldestMinuteMillis(nowMillis);
            markNeighbours(metering, seen, minute, added, after, late, oldest);
        }
    }

    /**
     * Minutes next to a changed one change with it, where the changed samples are the ones that bound them.
     *
     * @param oldest minutes before it are left as they are, though a register's gap reaches there: no late reading may
     *     change them any more
     */
    private void markNeighbours(
            Set<Point> metering,
            SeenDevice seen,
            long minute,
            Samples added,
            Samples after,
            boolean late,
            long oldest) {
        Set<Point> bounding = EnumSet.noneOf(Point.class);
        boolean closes = false;
        for (Point point : metering) {
            Series some = added.of(point).orElse(null);
            Series whole = after.of(point).orElse(null);
            if (some == null || whole == null) {
                continue;
            }
            if (some.timeMillis(0) <= whole.timeMillis(Math.min(RegisterMeter.CONTEXT, whole.size()) - 1)) {
                bounding.add(point);
            }
            closes = true;
        }
        if (!bounding.isEmpty()) {
            long first = stores.samples().farthestBefore(seen.key(), minute, bounding);
            // the minute itself is marked already
            stores.dirty().mark(seen.key(), Math.max(first, oldest), minute - DeviceMinute.LENGTH_MILLIS);
        }
        if (late && closes) { // a register's next step is judged by the power before it too: look for all points
            SortedSet<Long> minutes =
                    stores.samples().after(seen.key(), minute, metering).minutesMillis();
            if (!minutes.isEmpty()) {
                stores.dirty().mark(seen.key(), Math.max(minute, oldest), minutes.last());
            }
        }
    }

    /**
     * The points that a device's energy is measured by: its roles' registers and power, as far as it reports them. Of all
     * of its entries, whenever they are valid: what a step means may depend on readings of a time that has another.
     */
    static Set<Point> meteringPoints(List<Device> entries, SeenDevice seen) {
        Set<Point> points = EnumSet.noneOf(Point.class);
        for (Device entry : entries) {
            points.addAll(DeviceMinute.registers(entry));
        }
        if (!points.isEmpty()) {
            points.add(Point.POWER);
        }
        points.removeIf(point -> !seen.hasSeen(point));
        return points;
    }
}
