package org.heliograph.streams.page;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.heliograph.streams.indicator.Diagnosis;
import org.heliograph.streams.rollup.Window;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.Canary;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the page knows: of each site the windows of the last day, counted back from the newest one seen, the newest live
 * state, the newest minute of each device that the page shows, the alerts that stand, and the site model. Time is the
 * figures' own, so a replay of the past fills it like the present. Safe for use by one feed and many readers.
 */
public final class PageBoard {
    /** How many windows of each length are kept: a day of them and the open one; of days today and yesterday. */
    private static final Map<String, Integer> KEPT = Map.of(
            Window.MINUTE.label(), 1_441, Window.QUARTER.label(), 97, Window.HOUR.label(), 25, Window.DAY.label(), 2);

    private static final Logger log = LoggerFactory.getLogger(PageBoard.class);

    /** Of each a day of minutes is kept. */
    static final int MAX_SITES = 256;

    /** Of a site, of the kinds that are shown. */
    static final int MAX_DEVICES = 10_000;

    private static final Set<String> SHOWN_ROLES =
            Set.of(Role.PV.label(), Role.COOLING.label(), Role.ROOM.label(), Role.UPS.label());

    /** What the engine finds by itself, whether or not anybody judges. */
    private static final Set<String> DIAGNOSES =
            Arrays.stream(Diagnosis.Rule.values()).map(Diagnosis.Rule::label).collect(Collectors.toUnmodifiableSet());

    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    /** A live state older than the one kept is late and ignored; one older by more than this means a clock was set back. */
    private static final long CLOCK_STEP_MILLIS = 60_000;

    private final Map<String, Site> sites = new TreeMap<>();
    /** Sites without a model of which Kafka still has figures. */
    private final Set<String> ended = new HashSet<>();
    /** That found no room, as far as they are counted. */
    private final Set<String> leftOut = new HashSet<>();

    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    /** Whether this process judges as it should; empty where it isn't its part. */
    private Optional<BooleanSupplier> judgesHere = Optional.empty();

    private boolean ruleHeard;
    /** What the watchers know. */
    private Judged toldJudged = Judged.UNKNOWN;

    /** Hears of every change, in order, on the thread that made it: it must not block. */
    interface Watcher {
        void live(SiteLive live);

        void window(SiteWindow window);

        /** The alerts that stand, after one was raised or cleared, or whether they are judged has changed. */
        default void alerts(String site) {}

        /** Said by {@link PageBoard#settle} only, of whatever changed since the last time. */
        default void devices(String site) {}
    }

    private static final class Site {
        private final Map<String, NavigableMap<Long, SiteWindow>> windows = new HashMap<>();
        private Optional<SiteLive> live = Optional.empty();
        private Optional<SiteModel> model = Optional.empty();
        private final Map<String, DeviceMinute> devices = new TreeMap<>();
        private final StandingAlerts alerts = new StandingAlerts();
        private boolean devicesChanged;
        private boolean isFull;
    }

    static Set<String> lengths() {
        return KEPT.keySet();
    }

    void watch(Watcher watcher) {
        watchers.add(watcher);
    }

    /**
     * Takes a window, in the place of an earlier statement of the same window. Kafka keeps the order of a window's
     * statements, so the last one is right whatever its revision: a replay of the engine counts revisions anew.
     *
     * @return whether it changed anything
     */
    public synchronized boolean accept(SiteWindow window) {
        Integer kept = KEPT.get(window.getWindow());
        if (kept == null || !admits(window.getSite())) {
            return false;
        }
        NavigableMap<Long, SiteWindow> windows =
                site(window.getSite()).windows.computeIfAbsent(window.getWindow(), _ -> new TreeMap<>());
        SiteWindow before = windows.put(window.getStartMs(), window);
        boolean isDay = window.getWindow().equals(Window.DAY.label());
        while (windows.size() > kept || (!isDay && windows.firstKey() < windows.lastKey() - DAY_MILLIS)) {
            windows.pollFirstEntry();
        }
        boolean changed = windows.containsKey(window.getStartMs()) && !window.equals(before);
        if (changed) {
            watchers.forEach(watcher -> watcher.window(window));
        }
        return changed;
    }

    /**
     * Takes a live state.
     *
     * @return whether it is the newest
     */
    public synchronized boolean accept(SiteLive live) {
        if (!admits(live.getSite())) {
            return false;
        }
        Site site = site(live.getSite());
        long lateMillis = site.live.map(SiteLive::getTimeMs).orElse(Long.MIN_VALUE) - live.getTimeMs();
        if (site.live.isPresent() && lateMillis > 0 && lateMillis <= CLOCK_STEP_MILLIS) {
            return false;
        }
        site.live = Optional.of(live);
        watchers.forEach(watcher -> watcher.live(live));
        return true;
    }

    /** Takes a site model, in the place of an earlier one: the page knows a site from then on, figures or none. */
    public synchronized void accept(SiteModel model) {
        ended.remove(model.site());
        if (admits(model.site())) {
            Site site = site(model.site());
            site.model = Optional.of(model);
            site.devicesChanged = true;
        }
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

    /** Takes it that a site's model was withdrawn: the page knows the site no more, whatever Kafka still has of it. */
    public synchronized void end(String site) {
        if (ended.size() < MAX_SITES) {
            ended.add(site);
        }
        leftOut.remove(site);
        sites.remove(site);
    }

    /** Takes a device's minute, if it is of a kind that is shown, and not older than the one that is known. */
    public synchronized void accept(DeviceMinute minute) {
        if (!SHOWN_ROLES.contains(minute.getRole()) || !admits(minute.getSite())) {
            return;
        }
        Site site = site(minute.getSite());
        DeviceMinute known = site.devices.get(minute.getDevice());
        boolean hasRoom = known != null || site.devices.size() < MAX_DEVICES;
        if (!hasRoom && !site.isFull) {
            site.isFull = true;
            log.warn("page=full site={} devices={} left-out={}", minute.getSite(), MAX_DEVICES, minute.getDevice());
        }
        boolean isNew = known == null ? hasRoom : known.getStartMs() <= minute.getStartMs() && !known.equals(minute);
        if (isNew) {
            site.devices.put(minute.getDevice(), minute);
            site.devicesChanged = true;
        }
    }

    /**
     * Takes it that judging is a part of this process.
     *
     * @param judges whether it is done now, as far as this process knows; it must not block
     */
    public synchronized void judgedBy(BooleanSupplier judges) {
        judgesHere = Optional.of(judges);
    }

    /** Takes an alert: one that is raised stands until it is cleared. That there ever was one says that somebody judges. */
    public synchronized void accept(Alert alert) {
        ruleHeard |= !DIAGNOSES.contains(alert.getRule());
        if (admits(alert.getSite()) && site(alert.getSite()).alerts.accept(alert)) {
            watchers.forEach(watcher -> watcher.alerts(alert.getSite()));
        }
    }

    /**
     * Tells of the devices that have changed since it was last called: they come in hundreds, once a minute. And of whether
     * alerts are judged, where that has changed, which is of all sites.
     */
    public void settle() {
        // told without the lock: a watcher draws a whole hall, and readers needn't wait for that
        for (String name : changed()) {
            watchers.forEach(watcher -> watcher.devices(name));
        }
        for (String name : judgedAnew()) {
            watchers.forEach(watcher -> watcher.alerts(name));
        }
    }

    private synchronized List<String> judgedAnew() {
        Judged now = judged();
        if (now == toldJudged) {
            return List.of();
        }
        toldJudged = now;
        return sites();
    }

    private synchronized List<String> changed() {
        List<String> changed = new ArrayList<>();
        sites.forEach((name, site) -> {
            if (site.devicesChanged) {
                site.devicesChanged = false;
                changed.add(name);
            }
        });
        return changed;
    }

    synchronized List<String> sites() {
        return List.copyOf(sites.keySet());
    }

    synchronized Optional<SiteModel> model(String site) {
        return Optional.ofNullable(sites.get(site)).flatMap(known -> known.model);
    }

    /** The newest minute of each shown device, by name. */
    synchronized Map<String, DeviceMinute> devices(String site) {
        Site known = sites.get(site);
        return known == null ? Map.of() : new TreeMap<>(known.devices);
    }

    synchronized Judged judged() {
        if (judgesHere.isPresent()) {
            return judgesHere.get().getAsBoolean() ? Judged.YES : Judged.NO;
        }
        return ruleHeard ? Judged.YES : Judged.UNKNOWN;
    }

    /** How many alerts stand. */
    synchronized int standing(String site) {
        Site known = sites.get(site);
        return known == null ? 0 : known.alerts.size();
    }

    /** The standing alerts, the gravest first, and of those the latest; at most {@link StandingAlerts#MOST}. */
    synchronized List<Alert> alerts(String site) {
        Site known = sites.get(site);
        return known == null ? List.of() : known.alerts.inOrder();
    }

    /** The latest flights of all agents' canaries. */
    public synchronized List<Canary> canaries() {
        return sites.values().stream()
                .flatMap(known -> known.live.stream())
                .flatMap(live -> live.getCanariesList().stream())
                .toList();
    }

    synchronized Optional<SiteLive> live(String site) {
        return Optional.ofNullable(sites.get(site)).flatMap(known -> known.live);
    }

    /** The windows of one length, oldest first. */
    synchronized List<SiteWindow> windows(String site, String length) {
        Site known = sites.get(site);
        return known == null
                ? List.of()
                : List.copyOf(
                        known.windows.getOrDefault(length, new TreeMap<>()).values());
    }

    /** The current day; the latest one that there is when today has none yet. */
    Optional<SiteWindow> day(String site) {
        return newest(windows(site, Window.DAY.label()));
    }

    /** The newest quarter hour that is closed. */
    Optional<SiteWindow> quarter(String site) {
        return newest(windows(site, Window.QUARTER.label()).stream()
                .filter(PageBoard::isClosed)
                .toList());
    }

    /** The newest minute that has all of its parts. */
    Optional<SiteWindow> wholeMinute(String site) {
        return newest(windows(site, Window.MINUTE.label()).stream()
                .filter(window -> window.getPartsMinutes() > 0)
                .toList());
    }

    static boolean isClosed(SiteWindow window) {
        return window.getState() == WindowState.FINAL || window.getState() == WindowState.REVISED;
    }

    private static Optional<SiteWindow> newest(List<SiteWindow> windows) {
        return windows.stream().max(Comparator.comparingLong(SiteWindow::getStartMs));
    }

    private boolean admits(String site) {
        if (site.isEmpty() || ended.contains(site)) {
            return false;
        }
        if (sites.containsKey(site) || sites.size() < MAX_SITES) {
            leftOut.remove(site);
            return true;
        }
        if (leftOut.size() < MAX_SITES && leftOut.add(site)) {
            log.warn("page=full sites={} left-out={}", MAX_SITES, site);
        }
        return false;
    }

    /** How many sites found no room; of more than {@link #MAX_SITES} no more is known. */
    public synchronized int leftOut() {
        return leftOut.size();
    }

    /** How old the newest live state is, of the site whose is oldest; empty while there is none of any. */
    public synchronized OptionalLong liveAgeMillis(long nowMillis) {
        return sites.values().stream()
                .filter(known -> known.model.isPresent())
                .flatMap(known -> known.live.stream())
                .mapToLong(live -> Math.max(0, nowMillis - live.getTimeMs()))
                .max();
    }

    private Site site(String name) {
        return sites.computeIfAbsent(name, _ -> new Site());
    }
}
