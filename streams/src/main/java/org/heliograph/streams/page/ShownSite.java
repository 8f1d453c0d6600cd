package org.heliograph.streams.page;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.heliograph.streams.rollup.Window;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the page knows of one site: the windows of the last day, counted back from the newest one seen, the newest live state,
 * the newest minute of each device that the page shows, the alerts that stand, and the site model. Time is the figures' own,
 * so a replay of the past fills it like the present. Not for several threads at once.
 */
final class ShownSite {
    static final int MAX_DEVICES = 10_000;

    /** Of the devices. */
    static final Set<String> SHOWN_ROLES =
            Set.of(Role.PV.label(), Role.COOLING.label(), Role.ROOM.label(), Role.UPS.label());

    /** How many windows of each length are kept: a day of them and the open one; of days today and yesterday. */
    private static final Map<String, Integer> KEPT = Map.of(
            Window.MINUTE.label(), 1_441, Window.QUARTER.label(), 97, Window.HOUR.label(), 25, Window.DAY.label(), 2);

    private static final Logger log = LoggerFactory.getLogger(ShownSite.class);

    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    /** A live state older than the one kept is late and ignored; one older by more than this means a clock was set back. */
    private static final long CLOCK_STEP_MILLIS = 60_000;

    private final Map<String, NavigableMap<Long, SiteWindow>> windows = new HashMap<>();
    private final Map<String, DeviceMinute> devices = new TreeMap<>();
    private final StandingAlerts alerts = new StandingAlerts();
    private Optional<SiteLive> live = Optional.empty();
    private Optional<SiteModel> model = Optional.empty();
    private boolean devicesChanged;
    private boolean isFull;

    /** Of the windows that are kept. */
    static Set<String> lengths() {
        return KEPT.keySet();
    }

    /** How long the most seldom heard of the devices that are shown may be silent. */
    static Duration longestPatience(SiteModel model) {
        return model.devices().stream()
                .filter(device -> SHOWN_ROLES.contains(device.role().label())
                        && !device.profile().isOfAgent())
                .map(device -> device.profile().patience())
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /** Whether it changed anything. It is of a length that is kept. */
    boolean accept(SiteWindow window) {
        NavigableMap<Long, SiteWindow> alike = windows.computeIfAbsent(window.getWindow(), _ -> new TreeMap<>());
        SiteWindow before = alike.put(window.getStartMs(), window);
        int kept = KEPT.getOrDefault(window.getWindow(), 0);
        boolean isDay = window.getWindow().equals(Window.DAY.label());
        while (alike.size() > kept || (!isDay && alike.firstKey() < alike.lastKey() - DAY_MILLIS)) {
            alike.pollFirstEntry();
        }
        return alike.containsKey(window.getStartMs()) && !window.equals(before);
    }

    /** Whether it is the newest. */
    boolean accept(SiteLive state) {
        long lateMillis = live.map(SiteLive::getTimeMs).orElse(Long.MIN_VALUE) - state.getTimeMs();
        if (live.isPresent() && lateMillis > 0 && lateMillis <= CLOCK_STEP_MILLIS) {
            return false;
        }
        live = Optional.of(state);
        return true;
    }

    void accept(SiteModel published) {
        model = Optional.of(published);
        devicesChanged = true;
    }

    /** Takes a device's minute, of a role that is shown, if it is not older than the one that is known. */
    void accept(DeviceMinute minute) {
        DeviceMinute known = devices.get(minute.getDevice());
        boolean hasRoom = known != null || devices.size() < MAX_DEVICES;
        if (!hasRoom && !isFull) {
            isFull = true;
            log.warn("page=full site={} devices={} left-out={}", minute.getSite(), MAX_DEVICES, minute.getDevice());
        }
        boolean isNew = known == null ? hasRoom : known.getStartMs() <= minute.getStartMs() && !known.equals(minute);
        if (isNew) {
            devices.put(minute.getDevice(), minute);
            devicesChanged = true;
        }
    }

    /** Whether what stands has changed. */
    boolean accept(Alert alert) {
        return alerts.accept(alert);
    }

    /** Whether something of the devices has changed since the last call. */
    boolean takeDevicesChanged() {
        boolean changed = devicesChanged;
        devicesChanged = false;
        return changed;
    }

    Optional<SiteModel> model() {
        return model;
    }

    Optional<SiteLive> live() {
        return live;
    }

    /** The newest minute of each shown device, by name. */
    Map<String, DeviceMinute> devices() {
        return new TreeMap<>(devices);
    }

    /** How many alerts stand. */
    int standing() {
        return alerts.size();
    }

    /** The gravest first, and of those the latest; at most {@link StandingAlerts#MOST}. */
    List<Alert> alerts() {
        return alerts.inOrder();
    }

    /** Oldest first. */
    List<SiteWindow> windows(String length) {
        return List.copyOf(windows.getOrDefault(length, new TreeMap<>()).values());
    }
}
