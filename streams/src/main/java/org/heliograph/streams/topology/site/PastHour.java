package org.heliograph.streams.topology.site;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.heliograph.streams.factor.FactorBook;
import org.heliograph.streams.rollup.Lifecycle;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.telemetry.site.FactorChoice;
import org.heliograph.telemetry.site.FactorChoices;
import org.heliograph.telemetry.site.SiteModel;

/**
 * An hour of a site in which nothing changes any more but what its energy emits, when a factor of its time is revised: its
 * minutes, and with them the quarters and the hour that they add up to.
 *
 * @param chosen the factors that the site chose for each of its minutes
 * @param minutes by their start; those that were never heard of are missing
 * @param revisions how often each of these windows has been restated; of those that have been
 */
record PastHour(
        String site,
        Instant start,
        FactorChoices chosen,
        NavigableMap<Instant, WindowContent> minutes,
        Map<WindowKey, Integer> revisions) {

    /** @param windows all of the hour, closed and published */
    static PastHour of(SiteModel site, Instant start, List<KeptWindow> windows) {
        NavigableMap<Instant, WindowContent> minutes = new TreeMap<>();
        NavigableMap<Instant, FactorChoice> chosen = new TreeMap<>();
        Map<WindowKey, Integer> revisions = new HashMap<>();
        chosen.put(start, site.factors().at(start));
        for (KeptWindow window : windows) {
            if (window.key().window() == Window.MINUTE) {
                Instant minute = window.key().start();
                minutes.put(minute, window.content());
                chosen.put(minute, site.factors().at(minute));
            }
            if (window.lifecycle().revision() > 0) {
                revisions.put(window.key(), window.lifecycle().revision());
            }
        }
        return new PastHour(site.site(), start, FactorChoices.dated(chosen), minutes, revisions);
    }

    int revision(WindowKey window) {
        return revisions.getOrDefault(window, 0);
    }

    /** What its minutes of a time come to. */
    WindowContent sum(Instant from, Instant to) {
        return minutes.subMap(from, true, to, false).values().stream().reduce(WindowContent.NONE, WindowContent::plus);
    }

    /** What its windows are, the shortest first. */
    Map<WindowKey, WindowContent> windows() {
        Map<WindowKey, WindowContent> windows = new LinkedHashMap<>();
        for (Window window : WindowStore.SHORT) {
            minutes.forEach((minute, content) -> windows.merge(
                    new WindowKey(site, window, window.startOf(minute, ZoneOffset.UTC)), content, WindowContent::plus));
        }
        return windows;
    }

    /**
     * As it would be, had these factors of a time been known from the beginning; what changes by that is restated once more.
     * Other minutes may have been priced by what the site had chosen before, and stay.
     */
    PastHour pricedBy(FactorBook factors, Instant from, Instant to) {
        NavigableMap<Instant, WindowContent> priced = new TreeMap<>(minutes);
        minutes.subMap(from, true, to, false)
                .forEach((minute, content) ->
                        priced.put(minute, content.pricedBy(factors.chosenBy(chosen.at(minute), minute))));
        if (priced.equals(minutes)) {
            return this;
        }
        Map<WindowKey, WindowContent> before = windows();
        Map<WindowKey, Integer> next = new HashMap<>(revisions);
        PastHour after = new PastHour(site, start, chosen, priced, next);
        after.windows().forEach((window, content) -> {
            if (!content.equals(before.get(window))) {
                next.merge(window, 1, Integer::sum);
            }
        });
        return after;
    }

    /** The windows that have been restated since. */
    List<KeptWindow> restatedSince(PastHour before, WindowChange change) {
        if (revisions.equals(before.revisions)) {
            return List.of();
        }
        return windows().entrySet().stream()
                .filter(window -> revision(window.getKey()) > before.revision(window.getKey()))
                .map(window -> KeptWindow.of(
                        window.getKey(), window.getValue(), new Lifecycle.Revised(revision(window.getKey())), change))
                .toList();
    }
}
