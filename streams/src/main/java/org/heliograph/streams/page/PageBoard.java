package org.heliograph.streams.page;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.heliograph.streams.indicator.Diagnosis;
import org.heliograph.streams.rollup.Window;
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
 * What the page knows: of whom it keeps {@link ShownSite} in memory, who watches them, and whether their alerts are judged.
 * Safe for use by one feed and many readers.
 */
public final class PageBoard {
    private static final Logger log = LoggerFactory.getLogger(PageBoard.class);

    /** Of each a day of minutes is kept. */
    static final int MAX_SITES = 256;

    /** What the engine finds by itself, whether or not anybody judges. */
    private static final Set<String> DIAGNOSES =
            Arrays.stream(Diagnosis.Rule.values()).map(Diagnosis.Rule::label).collect(Collectors.toUnmodifiableSet());

    private final Map<String, ShownSite> sites = new TreeMap<>();
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
        if (!ShownSite.lengths().contains(window.getWindow()) || !admits(window.getSite())) {
            return false;
        }
        boolean changed = site(window.getSite()).accept(window);
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
        boolean isNewest = site(live.getSite()).accept(live);
        if (isNewest) {
            watchers.forEach(watcher -> watcher.live(live));
        }
        return isNewest;
    }

    /** Takes a site model, in the place of an earlier one: the page knows a site from then on, figures or none. */
    public synchronized void accept(SiteModel model) {
        ended.remove(model.site());
        if (admits(model.site())) {
            site(model.site()).accept(model);
        }
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
        if (ShownSite.SHOWN_ROLES.contains(minute.getRole()) && admits(minute.getSite())) {
            site(minute.getSite()).accept(minute);
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
        if (admits(alert.getSite()) && site(alert.getSite()).accept(alert)) {
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
            if (site.takeDevicesChanged()) {
                changed.add(name);
            }
        });
        return changed;
    }

    synchronized List<String> sites() {
        return List.copyOf(sites.keySet());
    }

    synchronized Optional<SiteModel> model(String site) {
        return Optional.ofNullable(sites.get(site)).flatMap(ShownSite::model);
    }

    /** The newest minute of each shown device, by name. */
    synchronized Map<String, DeviceMinute> devices(String site) {
        ShownSite known = sites.get(site);
        return known == null ? Map.of() : known.devices();
    }

    synchronized Judged judged() {
        if (judgesHere.isPresent()) {
            return judgesHere.get().getAsBoolean() ? Judged.YES : Judged.NO;
        }
        return ruleHeard ? Judged.YES : Judged.UNKNOWN;
    }

    /** How many alerts stand. */
    synchronized int standing(String site) {
        ShownSite known = sites.get(site);
        return known == null ? 0 : known.standing();
    }

    /** The standing alerts, the gravest first, and of those the latest; at most {@link StandingAlerts#MOST}. */
    synchronized List<Alert> alerts(String site) {
        ShownSite known = sites.get(site);
        return known == null ? List.of() : known.alerts();
    }

    /** The latest flights of all agents' canaries. */
    public synchronized List<Canary> canaries() {
        return sites.values().stream()
                .flatMap(known -> known.live().stream())
                .flatMap(live -> live.getCanariesList().stream())
                .toList();
    }

    synchronized Optional<SiteLive> live(String site) {
        return Optional.ofNullable(sites.get(site)).flatMap(ShownSite::live);
    }

    /** The windows of one length, oldest first. */
    synchronized List<SiteWindow> windows(String site, String length) {
        ShownSite known = sites.get(site);
        return known == null ? List.of() : known.windows(length);
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
                .filter(known -> known.model().isPresent())
                .flatMap(known -> known.live().stream())
                .mapToLong(live -> Math.max(0, nowMillis - live.getTimeMs()))
                .max();
    }

    private ShownSite site(String name) {
        return sites.computeIfAbsent(name, _ -> new ShownSite());
    }
}
